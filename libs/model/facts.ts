// SPDX-License-Identifier: Apache-2.0
import type { Address } from "./address.ts";
import type { Cidr } from "./cidr.ts";
import type { IfIndex } from "./ids.ts";
import type { Mac } from "./mac.ts";
import type { LinkMtu } from "./mtu.ts";

/** An interface that leads to nodes or peers. */
export interface UplinkFact {
  readonly name: string;
  readonly ifindex: IfIndex;
  readonly mtu: LinkMtu;
  readonly addresses: readonly Address[];
}

/** The kernel's route to one address of a node or peer. */
export interface PathFact {
  readonly remote: Address;
  /** The source the kernel would choose. */
  readonly local: Address;
  readonly ifindex: IfIndex;
  /** Next hop; absent where the remote is on the link. */
  readonly via?: Address;
  /** The smaller of the link's and the route's MTU. */
  readonly mtu: LinkMtu;
}

/** The host side of a pod's interface. */
export interface PodInterfaceFact {
  readonly name: string;
  readonly ifindex: IfIndex;
  readonly mac: Mac;
  /** Sources that may come out of it. */
  readonly sources: readonly Cidr[];
  /** Pods that can be handed packets through it. `mac` is the pod's, where known. */
  readonly pods: readonly { readonly address: Address; readonly mac?: Mac }[];
  /** Somebody else's program that looks at what passes there; absent where there is none. Example: "tc program policy at egress". */
  readonly watchedBy?: string;
}

/** What others do, in netfilter, with packets that this node's stack leads on. */
export interface ForwardFact {
  /** Who may end such a packet, in order. Example: "table inet calico, chain forward". Empty: nobody. */
  readonly filters: readonly string[];
  /** Whether somebody gives packets another source on their way out. */
  readonly masquerades: boolean;
}

/** A route of this node's to the cluster's pods, as a CNI makes them that wires pods by routes. */
export interface PodRouteFact {
  readonly destination: Cidr;
  /** Where its packets go: the next hop, or the far end of the tunnel that the next hop is behind. Absent: over a device alone. */
  readonly via?: Address;
}

/** What was found on this node: the input of every plan besides the config. Orders of the lists carry no meaning. */
export interface NodeFacts {
  readonly uplinks: readonly UplinkFact[];
  readonly paths: readonly PathFact[];
  readonly podInterfaces: readonly PodInterfaceFact[];
  /** Inside the own cluster's subnets; each destination once. */
  readonly podRoutes: readonly PodRouteFact[];
  /** STRAIT_DEVICE. */
  readonly device: IfIndex;
  /** All addresses of this node's own stack. */
  readonly hostAddresses: readonly Address[];
  /** Absent where nobody looked: the gateway app leaves pods to the agent. */
  readonly forward?: ForwardFact;
}
