// SPDX-License-Identifier: Apache-2.0
import { address, addressFromBytes, addressToBytes, formatAddress } from "@strait/model";

/** A big-endian 16-bit number. */
export const be16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
/** A big-endian 24-bit number. */
export const be24 = (value: number): number[] => [(value >>> 16) & 0xff, ...be16(value)];
/** A big-endian 32-bit number. */
export const be32 = (value: number): number[] => [...be16(value >>> 16), ...be16(value)];
/** A MAC address of six hex pairs. */
export const macBytes = (text: string): number[] => text.split(":").map((pair) => Number.parseInt(pair, 16));
/** How an IPv6 header that holds an IPv4 address is written: no such header is on any wire but that of an attacker. */
export const MAPPED = "::ffff:";

/** The 4 or 16 bytes of an address as its IP header has them. */
export function ipBytes(text: string): Uint8Array {
  if (text.startsWith(MAPPED)) return addressToBytes(address(text.slice(MAPPED.length)));
  const parsed = address(text);
  return addressToBytes(parsed).subarray(parsed.family === 4 ? 12 : 0);
}

/** The reverse. */
export function ipText(bytes: Uint8Array): string {
  const parsed = addressFromBytes(bytes);
  return bytes.length === 16 && parsed.family === 4 ? MAPPED + formatAddress(parsed) : formatAddress(parsed);
}

/** Several byte strings as one. */
export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The Internet checksum (RFC 1071) of the bytes, an odd last one padded with zero. */
export function internetChecksum(...parts: readonly (Uint8Array | readonly number[])[]): number {
  let sum = 0;
  for (const part of parts) for (let i = 0; i < part.length; i += 2) sum += ((part[i] ?? 0) << 8) | (part[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
