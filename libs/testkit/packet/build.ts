// SPDX-License-Identifier: Apache-2.0
import { be16, be24, be32, concat, internetChecksum, ipBytes, macBytes } from "./bytes.ts";
import { ANY, type Icmp, type Ip4, type Ip6, type Layer, type Open, type Tcp, type Udp } from "./layers.ts";
import { etherTypes, extensionTypes, protocols } from "./numbers.ts";

/** What a layer needs to know of its surroundings. */
interface Around {
  /** The IP header this layer lies in. */
  readonly ip: Ip4 | Ip6 | undefined;
  readonly next: Layer | undefined;
  /** All bytes after this header. */
  readonly rest: Uint8Array;
}

const known = (value: Open | undefined): number => (value === ANY || value === undefined ? 0 : value);

function etherType(next: Layer | undefined): number {
  return next?.kind === "ip4" || next?.kind === "ip6" || next?.kind === "vlan" ? etherTypes[next.kind] : 0;
}

function protocol(next: Layer | undefined, ip: Ip4 | Ip6 | undefined): number {
  if (next?.kind === "extension") return extensionTypes[next.type];
  if (next?.kind === "icmp") return ip?.kind === "ip6" ? protocols.icmp6 : protocols.icmp;
  if (next?.kind === "udp" || next?.kind === "tcp" || next?.kind === "fragment6" || next?.kind === "ip4" || next?.kind === "ip6")
    return protocols[next.kind];
  return protocols.none;
}

/** Checksum of a transport header and what follows it, with the pseudo-header (RFC 768, RFC 8200 8.1). */
export function transportChecksum(ip: Ip4 | Ip6 | undefined, number: number, bytes: Uint8Array): number {
  if (!ip) return internetChecksum(bytes);
  return internetChecksum(ipBytes(ip.src), ipBytes(ip.dst), be32(bytes.length), be32(number), bytes);
}

function buildIp4(ip: Ip4, { next, rest }: Around): Uint8Array {
  const options = ip.options ?? new Uint8Array();
  const words = ip.headerWords ?? 5 + options.length / 4;
  const flags = (ip.dontFragment ? 0x4000 : 0) | (ip.moreFragments ? 0x2000 : 0) | (ip.offset ?? 0);
  const header = concat(
    [((ip.version ?? 4) << 4) | words, ip.tos ?? 0],
    be16(ip.length ?? 20 + options.length + rest.length),
    [...be16(known(ip.id)), ...be16(flags), ip.ttl ?? 64, ip.protocol ?? protocol(next, ip), 0, 0],
    ipBytes(ip.src),
    ipBytes(ip.dst),
    options,
  );
  header.set(be16(ip.checksum ?? internetChecksum(header)), 10);
  return header;
}

function buildIp6(ip: Ip6, { next, rest }: Around): Uint8Array {
  const word = ((ip.version ?? 6) << 28) | ((ip.tos ?? 0) << 20) | known(ip.flow);
  return concat(
    [...be32(word >>> 0), ...be16(ip.length ?? rest.length), ip.next ?? protocol(next, ip), ip.hopLimit ?? 64],
    ipBytes(ip.src),
    ipBytes(ip.dst),
  );
}

function buildUdp(udp: Udp, { ip, rest }: Around): Uint8Array {
  const header = concat(be16(known(udp.sport)), be16(udp.dport), be16(udp.length ?? 8 + rest.length), [0, 0]);
  // A sum of zero is sent as ones: zero says that there is none (RFC 768).
  const sum = udp.checksum ?? (transportChecksum(ip, protocols.udp, concat(header, rest)) || 0xffff);
  header.set(be16(sum), 6);
  return header;
}

function buildTcp(tcp: Tcp, { ip, rest }: Around): Uint8Array {
  const options = tcp.options ?? new Uint8Array();
  const header = concat(
    [...be16(tcp.sport), ...be16(tcp.dport), ...be32(tcp.seq ?? 1), ...be32(tcp.ack ?? 0)],
    [
      (tcp.words ?? 5 + options.length / 4) << 4,
      tcp.flags ?? 0x10,
      ...be16(tcp.window ?? 0xffff),
      0,
      0,
      ...be16(tcp.urgent ?? 0),
    ],
    options,
  );
  header.set(be16(tcp.checksum ?? transportChecksum(ip, protocols.tcp, concat(header, rest))), 16);
  return header;
}

function buildIcmp(icmp: Icmp, { ip, rest }: Around): Uint8Array {
  const header = concat([icmp.type, icmp.code ?? 0, 0, 0], be16(icmp.id ?? 0), be16(icmp.seq ?? 0));
  const whole = concat(header, rest);
  const sum = ip?.kind === "ip6" ? transportChecksum(ip, protocols.icmp6, whole) : internetChecksum(whole);
  header.set(be16(icmp.checksum ?? sum), 2);
  return header;
}

function buildLayer(layer: Layer, around: Around): Uint8Array {
  switch (layer.kind) {
    case "eth":
      return concat(macBytes(layer.dst), macBytes(layer.src), be16(layer.type ?? etherType(around.next)));
    case "vlan":
      return concat(be16(((layer.priority ?? 0) << 13) | layer.id), be16(layer.type ?? etherType(around.next)));
    case "ip4":
      return buildIp4(layer, around);
    case "ip6":
      return buildIp6(layer, around);
    case "extension": {
      const words = layer.words ?? 0;
      const header = new Uint8Array(8 + 8 * words);
      header.set([layer.next ?? protocol(around.next, around.ip), words]);
      // Hop-by-hop and destination options are filled up with one PadN; a routing header is one of type 0 with no segments.
      if (layer.type !== "routing") header.set([1, header.length - 4], 2);
      return header;
    }
    case "fragment6": {
      const offset = ((layer.offset ?? 0) << 3) | (layer.more ? 1 : 0);
      return concat([layer.next ?? protocol(around.next, around.ip), 0], be16(offset), be32(layer.id ?? 0));
    }
    case "udp":
      return buildUdp(layer, around);
    case "tcp":
      return buildTcp(layer, around);
    case "icmp":
      return buildIcmp(layer, around);
    case "vxlan":
      return concat([layer.flags ?? 8], be24(layer.reserved ?? 0), be24(layer.vni), [layer.reservedToo ?? 0]);
    case "payload":
      return layer.bytes;
  }
}

/**
 * The bytes of a packet. Lengths, checksums and the types of what follows are filled in unless a layer says otherwise; ANY is zero.
 *
 * @example
 * buildPacket([eth(), ip4({ src: "10.1.1.5", dst: "10.2.0.9" }), udp({ sport: 1000, dport: 53 }), payload(32)]);
 */
export function buildPacket(layers: readonly Layer[]): Uint8Array {
  let rest = new Uint8Array();
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = layers[i] as Layer;
    const ip = layers.slice(0, i).findLast((other) => other.kind === "ip4" || other.kind === "ip6");
    rest = new Uint8Array(concat(buildLayer(layer, { ip, next: layers[i + 1], rest }), rest));
  }
  return rest;
}
