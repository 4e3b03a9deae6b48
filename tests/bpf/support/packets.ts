// SPDX-License-Identifier: Apache-2.0
/** The headers that most packets of the tables share. */
import { address, CABLE_PORT, CABLE_VNI, type Family, INTRA_PORT, INTRA_VNI, vtepMac } from "@strait/model";
import {
  ANY,
  type Eth,
  eth,
  type Ip4,
  type Ip6,
  ip4,
  ip6,
  type Layer,
  type Open,
  type Udp,
  udp,
  type Vxlan,
  vxlan,
} from "@strait/testkit";
import { inner, outer, type Place, type Pod } from "./scene.ts";

export const families = [4, 6] as const;

/** Every outer family with every inner one. */
export const mixes = [
  [4, 4],
  [6, 4],
  [4, 6],
  [6, 6],
] as const satisfies readonly (readonly [inner: Family, outer: Family])[];

/** Fields that both IP headers have, by one name. */
export interface IpFields {
  readonly tos?: number;
  readonly ttl?: number;
  readonly length?: number;
}

/** The IP header of a packet between two pods. */
export function between(from: Pod, to: Pod, family: Family, { ttl = 64, ...fields }: IpFields = {}): Ip4 | Ip6 {
  const ends = { src: inner[from][family], dst: inner[to][family], ...fields };
  return family === 4 ? ip4({ ...ends, ttl, id: 4711, dontFragment: true }) : ip6({ ...ends, hopLimit: ttl, flow: 0x12345 });
}

/** A UDP header between two pods. */
export const ports = (sport = 40000, dport = 53): Udp => udp({ sport, dport });

/** What of an outer header may differ from that of our own packets. */
export interface OuterFields {
  readonly tos?: number;
  readonly sport?: Open;
  readonly vni?: number;
  readonly flags?: number;
  readonly port?: number;
  readonly checksum?: number;
  readonly ttl?: number;
  readonly ip4?: Partial<Ip4>;
  readonly between?: readonly Layer[];
  readonly inner?: Partial<Eth>;
  readonly vxlan?: Partial<Vxlan>;
}

/** The outer headers from one place to another: those of a cable if one end is outside of the cluster. */
export function tunnel(from: Place, to: Place, family: Family, fields: OuterFields = {}): Layer[] {
  const cable = [from, to].some((place) => place.startsWith("west"));
  const ends = { src: outer[from][family], dst: outer[to][family], tos: fields.tos ?? 0 };
  const ttl = fields.ttl ?? 64;
  const vteps = { dst: vtepMac(address(ends.dst)), src: vtepMac(address(ends.src)) };
  return [
    family === 4 ? ip4({ ...ends, ttl, id: ANY, ...fields.ip4 }) : ip6({ ...ends, hopLimit: ttl }),
    ...(fields.between ?? []),
    udp({ sport: fields.sport ?? ANY, dport: fields.port ?? (cable ? CABLE_PORT : INTRA_PORT), checksum: fields.checksum ?? 0 }),
    vxlan({
      vni: fields.vni ?? (cable ? CABLE_VNI : INTRA_VNI),
      ...(fields.flags !== undefined && { flags: fields.flags }),
      ...fields.vxlan,
    }),
    eth({ ...vteps, ...fields.inner }),
  ];
}

/** The first IP header of a packet. */
export function ipOf(layers: readonly Layer[]): Ip4 | Ip6 {
  const ip = layers.find((layer) => layer.kind === "ip4" || layer.kind === "ip6");
  if (!ip) throw new TypeError("the packet has no IP header");
  return ip;
}
