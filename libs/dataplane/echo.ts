// SPDX-License-Identifier: Apache-2.0
import type { Family } from "@strait/model";

/** Bytes of an ICMP echo's head: type, code, checksum, identifier, sequence (RFC 792, RFC 4443 4.1). */
const HEAD = 8;
const REQUEST = { 4: 8, 6: 128 } as const;
const REPLY = { 4: 0, 6: 129 } as const;

/** The part of an echo that comes back as it was sent. */
export interface Echo {
  /** 16 bits. */
  readonly id: number;
  /** 16 bits. */
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/**
 * An echo request. The checksum of ICMPv6 stays zero: it covers addresses that only the kernel knows, which fills it in.
 *
 * @example
 * encodeEcho(4, { id: 1, sequence: 1, payload: token })
 */
export function encodeEcho(family: Family, { id, sequence, payload }: Echo): Uint8Array {
  const bytes = new Uint8Array(HEAD + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, REQUEST[family]);
  view.setUint16(4, id);
  view.setUint16(6, sequence);
  bytes.set(payload, HEAD);
  if (family === 4) view.setUint16(2, checksum(bytes));
  return bytes;
}

/** What an echo reply brought back; undefined for anything else. IPv4 packets begin with their IP header, IPv6 ones do not. */
export function decodeEchoReply(family: Family, packet: Uint8Array): Echo | undefined {
  const start = family === 4 ? ((packet[0] ?? 0) & 0x0f) * 4 : 0;
  if ((family === 4 && start < 20) || packet.length < start + HEAD) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset + start, packet.length - start);
  if (view.getUint8(0) !== REPLY[family] || view.getUint8(1) !== 0) return undefined;
  return { id: view.getUint16(4), sequence: view.getUint16(6), payload: packet.slice(start + HEAD) };
}

/** The Internet checksum (RFC 1071). */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
