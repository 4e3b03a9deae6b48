// SPDX-License-Identifier: Apache-2.0
import type { Address } from "./address.ts";
import type { Cidr } from "./cidr.ts";
import type { IfIndex } from "./ids.ts";
import type { Mac } from "./mac.ts";
import type { InnerMtu } from "./mtu.ts";

/** A route of ours: protocol ROUTE_PROTOCOL, main table. Its key is the destination. */
export interface RouteRow {
  readonly destination: Cidr;
  /** STRAIT_DEVICE. */
  readonly ifindex: IfIndex;
  /** The smallest that any hop of that cluster carries: the stack answers "too big" by it. */
  readonly mtu: InnerMtu;
  /** Source for this node's own traffic, inside what the own cluster announces. */
  readonly source?: Address;
}

/** A VXLAN device of ours in `external` mode: the kernel aggregates by its port and it takes what the programs pass on. */
export interface LinkRow {
  readonly name: string;
  readonly port: number;
  readonly mac: Mac;
  readonly mtu: number;
}

/** Interfaces whose programs must be attached. Sorted. */
export interface AttachRow {
  readonly uplinks: readonly IfIndex[];
  readonly pods: readonly IfIndex[];
}

/** Something that cannot be as the config wants it: the object it hits, and one sentence that says what to change. */
export interface Problem {
  readonly object: string;
  readonly reason: string;
}
