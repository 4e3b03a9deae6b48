// SPDX-License-Identifier: Apache-2.0
import type { Namespace } from "./namespace.ts";

/** One end of a wire. */
export interface WireEnd {
  readonly ns: Namespace;
  readonly ifname: string;
}

/** A veth pair: two ends, the first always a node's. */
export interface Wire {
  readonly ends: readonly [WireEnd, WireEnd];
}

/**
 * An L2 segment of nodes.
 *
 * ```
 *   two members            a eth0 ━━━ eth0 b
 *
 *   more (or `hub` given)  a eth0 ━━━ p0 ┐
 *                          b eth0 ━━━ p1 ├ br0 (in a namespace of its own)
 *                          c eth0 ━━━ p2 ┘
 * ```
 */
export interface Segment {
  readonly name: string;
  readonly wires: readonly Wire[];
  readonly hub?: Namespace;
}

/**
 * Lays the wires of a segment. Ends are made inside their namespaces, so nothing shows in the host's.
 *
 * @param hub the bridge's namespace: needed for any number of members but two
 */
export async function laySegment(
  name: string,
  members: readonly WireEnd[],
  mtu: number,
  options: { readonly hub?: Namespace | undefined } = {},
): Promise<Segment> {
  const [first, second] = members;
  if (options.hub === undefined) {
    if (first === undefined || second === undefined || members.length !== 2) {
      throw new TypeError(`segment ${name}: ${members.length} members need a hub`);
    }
    const wire: Wire = { ends: [first, second] };
    await first.ns.ip([vethLine(wire, mtu), `link set ${first.ifname} up`]);
    await second.ns.ip([`link set ${second.ifname} up`]);
    return { name, wires: [wire] };
  }
  const hub = options.hub;
  const wires = members.map((end, port): Wire => ({ ends: [end, { ns: hub, ifname: `p${port}` }] }));
  await hub.ip([
    `link add br0 mtu ${mtu} type bridge mcast_snooping 0`,
    "link set br0 up",
    ...wires.flatMap((wire) => [
      hubVethLine(wire, mtu),
      `link set ${wire.ends[1].ifname} master br0`,
      `link set ${wire.ends[1].ifname} up`,
    ]),
  ]);
  await Promise.all(members.map((end) => end.ns.ip([`link set ${end.ifname} up`])));
  return { name, wires, hub };
}

function vethLine({ ends: [a, b] }: Wire, mtu: number): string {
  return `link add ${a.ifname} mtu ${mtu} type veth peer name ${b.ifname} mtu ${mtu} netns ${b.ns.name}`;
}

function hubVethLine({ ends: [node, port] }: Wire, mtu: number): string {
  return vethLine({ ends: [port, node] }, mtu);
}
