// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type ClusterFile,
  formatAddress,
  type HopRow,
  innerMtu,
  linkMtu,
  MIN_LINK_MTU,
  type Owner,
  type Problem,
  type Rows,
  vtepMac,
} from "@strait/model";
import { assignIndexes } from "./index_allocation.ts";
import { HOP_RANGE } from "./ownership.ts";
import type { Ways } from "./tunnel_end.ts";

/** A tunnel somebody wants: `name` is the object problems are told about, `key` finds the row in the answer. */
export interface WantedHop {
  readonly key: string;
  readonly name: string;
  readonly addresses: readonly Address[];
  readonly port: number;
  readonly vni: number;
}

/** The hops that can be, by the key of who wanted them, and why others cannot. */
export interface HopPlan {
  readonly hops: ReadonlyMap<string, HopRow>;
  readonly problems: readonly Problem[];
}

function identity(hop: Pick<HopRow, "kind" | "remote" | "port">): string {
  return `${hop.kind} ${formatAddress(hop.remote)} ${hop.port}`;
}

/** Whether inner packets may be IPv6, which needs 1280 bytes (RFC 8200 5). */
function carriesIPv6(file: ClusterFile): boolean {
  return file.subnets.some((subnet) => subnet.address.family === 6);
}

/**
 * Makes the hop rows of one process: chooses both ends, finds the MTU, keeps the index of every hop that is present.
 * A hop that cannot be is a problem; the others go on.
 */
export function planHops(
  wanted: readonly WantedHop[],
  options: {
    readonly kind: HopRow["kind"];
    readonly owner: Owner;
    readonly file: ClusterFile;
    readonly ways: Ways;
    readonly present: Rows;
  },
): HopPlan {
  const { kind, owner, file, ways } = options;
  const problems: Problem[] = [];
  const drafts = wanted.flatMap((want) => {
    const end = ways.choose(want.addresses);
    if (end.ok) return [{ want, ...end.value, id: identity({ kind, remote: end.value.remote, port: want.port }) }];
    problems.push({ object: want.name, reason: end.reason });
    return [];
  });

  const held = new Map<number, string>();
  for (const hop of options.present.hops.values()) held.set(hop.index, hop.owner === owner ? identity(hop) : "");
  const { indexes } = assignIndexes(
    drafts.map((draft) => draft.id),
    held,
    HOP_RANGE[owner],
  );

  const hops = new Map<string, HopRow>();
  for (const { want, remote, local, path, id } of drafts) {
    const index = indexes.get(id);
    if (index === undefined) {
      problems.push({ object: want.name, reason: "all hop rows are taken: use fewer nodes or gateways" });
      continue;
    }
    const link = linkMtu(Math.min(path.mtu, ways.uplinkMtu(path) ?? path.mtu, file.mtu ?? path.mtu));
    const mtu = innerMtu(link, remote.family);
    if (carriesIPv6(file) && mtu < MIN_LINK_MTU) {
      problems.push({
        object: want.name,
        reason: `a path of ${link} bytes leaves ${mtu} inside the tunnel and IPv6 needs ${MIN_LINK_MTU}: raise the path's MTU to ${MIN_LINK_MTU + link - mtu}`,
      });
    }
    hops.set(want.key, {
      index,
      remote,
      local,
      via: path.via ?? remote,
      ifindex: path.ifindex,
      kind,
      vni: want.vni,
      port: want.port,
      mtu,
      localMac: vtepMac(local),
      remoteMac: vtepMac(remote),
      owner,
    });
  }
  return { hops, problems };
}
