// SPDX-License-Identifier: Apache-2.0

/** Stands for "whatever it is" in a packet that another one is compared with. */
export const ANY: unique symbol = Symbol("any");

/** A number the comparison may leave open. */
export type Open = number | typeof ANY;

/** Ethernet II (IEEE 802.3). `type` follows from the next layer where absent. */
export interface Eth {
  readonly kind: "eth";
  readonly dst: string;
  readonly src: string;
  readonly type?: number;
}

/** An 802.1Q tag after the Ethernet addresses. */
export interface Vlan {
  readonly kind: "vlan";
  readonly id: number;
  readonly priority?: number;
  readonly type?: number;
}

/** IPv4 (RFC 791). `offset` is the fragment's, in units of 8 bytes; `options` are padded to 4 bytes by the caller. */
export interface Ip4 {
  readonly kind: "ip4";
  readonly src: string;
  readonly dst: string;
  readonly version?: number;
  readonly headerWords?: number;
  readonly tos?: number;
  readonly length?: number;
  readonly id?: Open;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  readonly offset?: number;
  readonly ttl?: number;
  readonly protocol?: number;
  readonly checksum?: number;
  readonly options?: Uint8Array;
}

/** IPv6 (RFC 8200). `tos` is the traffic class. */
export interface Ip6 {
  readonly kind: "ip6";
  readonly src: string;
  readonly dst: string;
  readonly version?: number;
  readonly tos?: number;
  readonly flow?: Open;
  readonly length?: number;
  readonly next?: number;
  readonly hopLimit?: number;
}

/** An IPv6 extension header with padding for content: `words` units of 8 bytes beyond the first 8. */
export interface Extension {
  readonly kind: "extension";
  readonly type: "hopByHop" | "routing" | "destination";
  readonly words?: number;
  readonly next?: number;
}

/** The IPv6 fragment header. `offset` in units of 8 bytes. */
export interface Fragment6 {
  readonly kind: "fragment6";
  readonly offset?: number;
  readonly more?: boolean;
  readonly id?: number;
  readonly next?: number;
}

/** UDP (RFC 768). A checksum of 0 says that there is none. */
export interface Udp {
  readonly kind: "udp";
  readonly sport: Open;
  readonly dport: number;
  readonly length?: number;
  readonly checksum?: number;
}

/** TCP (RFC 9293). `options` are padded to 4 bytes by the caller. */
export interface Tcp {
  readonly kind: "tcp";
  readonly sport: number;
  readonly dport: number;
  readonly seq?: number;
  readonly ack?: number;
  /** Header length in units of 4 bytes. */
  readonly words?: number;
  /** The eight flag bits, FIN lowest: 0x02 is SYN, 0x12 SYN-ACK. */
  readonly flags?: number;
  readonly window?: number;
  readonly checksum?: number;
  readonly urgent?: number;
  readonly options?: Uint8Array;
}

/** ICMP or ICMPv6, by the IP header around it; `id` and `seq` are those of an echo, or the other four bytes of the header. */
export interface Icmp {
  readonly kind: "icmp";
  readonly type: number;
  readonly code?: number;
  readonly id?: number;
  readonly seq?: number;
  readonly checksum?: number;
}

/** VXLAN (RFC 7348). `flags` is the first byte, 8 where the VNI counts. */
export interface Vxlan {
  readonly kind: "vxlan";
  readonly vni: number;
  readonly flags?: number;
  /** The 24 bits between flags and VNI, and the 8 after it. */
  readonly reserved?: number;
  readonly reservedToo?: number;
}

/** Bytes that no layer explains. */
export interface Payload {
  readonly kind: "payload";
  readonly bytes: Uint8Array;
}

/** One header, or the bytes after the last one. What is absent is filled in: lengths, checksums, types of what follows. */
export type Layer = Eth | Vlan | Ip4 | Ip6 | Extension | Fragment6 | Udp | Tcp | Icmp | Vxlan | Payload;

/** The fields of a layer without its kind. */
export type Fields<L extends Layer> = Omit<L, "kind">;

export const eth = (fields: Partial<Fields<Eth>> = {}): Eth => ({
  kind: "eth",
  dst: "02:00:00:00:00:02",
  src: "02:00:00:00:00:01",
  ...fields,
});
export const vlan = (fields: Fields<Vlan>): Vlan => ({ kind: "vlan", ...fields });
export const ip4 = (fields: Fields<Ip4>): Ip4 => ({ kind: "ip4", ...fields });
export const ip6 = (fields: Fields<Ip6>): Ip6 => ({ kind: "ip6", ...fields });
export const extension = (type: Extension["type"], fields: Omit<Fields<Extension>, "type"> = {}): Extension => ({
  kind: "extension",
  type,
  ...fields,
});
export const fragment6 = (fields: Fields<Fragment6>): Fragment6 => ({ kind: "fragment6", ...fields });
export const udp = (fields: Fields<Udp>): Udp => ({ kind: "udp", ...fields });
export const tcp = (fields: Fields<Tcp>): Tcp => ({ kind: "tcp", ...fields });
export const icmp = (fields: Fields<Icmp>): Icmp => ({ kind: "icmp", ...fields });
export const vxlan = (fields: Fields<Vxlan>): Vxlan => ({ kind: "vxlan", ...fields });

/** Given bytes, or so many bytes of a pattern that shows when they are shifted. */
export function payload(what: Uint8Array | readonly number[] | number): Payload {
  const bytes =
    typeof what === "number" ? Uint8Array.from({ length: what }, (_, i) => (i * 7 + 1) & 0xff) : Uint8Array.from(what);
  return { kind: "payload", bytes };
}
