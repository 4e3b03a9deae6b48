// SPDX-License-Identifier: Apache-2.0
import type { Mac } from "@strait/model";
import * as layer from "@strait/testkit";

const UDP = layer.protocols.udp;
const ETHERTYPE = { 4: 0x0800, 6: 0x86dd } as const;

/** Version of an IP packet that may be none. */
function etherType(packet: Uint8Array): number {
  return ETHERTYPE[(packet[0] ?? 0) >> 4 === 6 ? 6 : 4];
}

/** The two ends of a packet, of one family. */
export interface Addressed {
  readonly src: string;
  readonly dst: string;
}

export interface UdpOptions {
  /** DSCP and ECN. */
  readonly tos?: number;
  readonly sport?: number;
  readonly dport: number;
  /** "none" (zero) when absent, as tunnels send. */
  readonly checksum?: "none" | "right" | "wrong";
}

function ipLayer({ src, dst }: Addressed, tos = 0): layer.Layer {
  return src.includes(":") ? layer.ip6({ src, dst, tos, next: UDP }) : layer.ip4({ src, dst, tos, protocol: UDP });
}

/** An IP packet with a UDP datagram. */
export function udpPacket(ends: Addressed, bytes: Uint8Array, options: UdpOptions): Uint8Array {
  const { sport = 50_000, dport, checksum = "none", tos } = options;
  const build = (sum: { readonly checksum?: number }) =>
    layer.buildPacket([ipLayer(ends, tos), layer.udp({ sport, dport, ...sum }), layer.payload(bytes)]);
  if (checksum === "none") return build({ checksum: 0 });
  const packet = build({});
  if (checksum === "wrong") packet[packet.length - bytes.length - 1] = (packet[packet.length - bytes.length - 1] ?? 0) ^ 0x53;
  return packet;
}

/** VXLAN (RFC 7348): the header and an Ethernet frame around an inner packet. */
export function vxlan(
  vni: number,
  inner: Uint8Array,
  { flags = 0x08, ethertype = etherType(inner) }: { readonly flags?: number; readonly ethertype?: number } = {},
): Uint8Array {
  return layer.buildPacket([layer.vxlan({ vni, flags }), layer.eth({ type: ethertype }), layer.payload(inner)]);
}

/** The packet in an Ethernet frame to a MAC. */
export function ethernet(to: Mac, packet: Uint8Array): Uint8Array {
  return layer.buildPacket([layer.eth({ dst: to, type: etherType(packet) }), layer.payload(packet)]);
}

/** A UDP packet in two IP fragments. */
export function inTwoFragments(
  { src, dst }: Addressed,
  bytes: Uint8Array,
  options: UdpOptions,
): readonly [Uint8Array, Uint8Array] {
  const ends = { src, dst };
  const six = ends.src.includes(":");
  const datagram = udpPacket(ends, bytes, options).subarray(six ? 40 : 20);
  const half = Math.ceil(datagram.length / 16);
  const piece = (offset: number, more: boolean, part: Uint8Array) =>
    layer.buildPacket([
      ...(six
        ? [layer.ip6(ends), layer.fragment6({ offset, more, id: 0x5354, next: UDP })]
        : [layer.ip4({ ...ends, id: 0x5354, offset, moreFragments: more, protocol: UDP })]),
      layer.payload(part),
    ]);
  return [piece(0, true, datagram.subarray(0, half * 8)), piece(half, false, datagram.subarray(half * 8))];
}
