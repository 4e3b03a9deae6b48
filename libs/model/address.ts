// SPDX-License-Identifier: Apache-2.0
import { must, ok, type Result, refuse } from "./result.ts";

/** IP version. */
export type Family = 4 | 6;

/** An IPv4 or IPv6 address, immutable. `value` is the address as an unsigned number of 32 or 128 bits. No zone, no port. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

const MAPPED = 0xffffn << 32n;

/** Width of an address in bits: 32 or 128. */
export function addressBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/**
 * Makes an address from its number.
 * @throws RangeError where the number does not fit the family, or is an IPv4-mapped IPv6 address (maps hold IPv4 in that form).
 */
export function addressOf(family: Family, value: bigint): Address {
  if (value < 0n || value >> BigInt(addressBits(family)) !== 0n) throw new RangeError(`${value} is no IPv${family} address`);
  if (family === 6 && value >> 32n === 0xffffn) throw new RangeError("an IPv4-mapped IPv6 address must be given as IPv4");
  return Object.freeze({ family, value });
}

function parse4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    // A leading zero is octal to some programs and decimal to others (RFC 6943 3.1.1): refused.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function groups(text: string): bigint[] | undefined {
  if (text === "") return [];
  const out: bigint[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes(".")) {
      const four = parse4(part);
      if (four === undefined) return undefined;
      out.push(four >> 16n, four & 0xffffn);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) out.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return out;
}

function parse6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2 || (halves.length === 2 && halves[0]?.includes("."))) return undefined;
  const head = groups(halves[0] ?? "");
  const tail = groups(halves[1] ?? "");
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...new Array<bigint>(missing).fill(0n), ...tail];
  return all.reduce((sum, group) => (sum << 16n) | group, 0n);
}

/**
 * Reads an address: dotted quad (RFC 6943) or any RFC 4291 text form. Total: answers every string.
 * Refuses zones ("%eth0") and IPv4-mapped IPv6, which must be written as IPv4.
 *
 * @example
 * parseAddress("fd01::1") // {ok: true, value: {family: 6, value: 0xfd01…n}}
 */
export function parseAddress(text: string): Result<Address> {
  if (text.length > 45) return refuse(`an address has at most 45 characters, this one has ${text.length}`);
  const six = text.includes(":");
  const value = six ? parse6(text) : parse4(text);
  if (value === undefined) return refuse(`"${text}" is no IP address: write it like 10.1.2.3 or fd01::1`);
  if (six && value >> 32n === 0xffffn) {
    return refuse(`"${text}" is an IPv4-mapped address: write ${formatAddress({ family: 4, value: value & 0xffffffffn })}`);
  }
  return ok(addressOf(six ? 6 : 4, value));
}

/** As `parseAddress`, for literals. @throws TypeError with the reason. Example: `address("10.1.2.3")`. */
export function address(text: string): Address {
  return must(parseAddress(text));
}

/** Prints an address: dotted quad, or IPv6 in the canonical form of RFC 5952. Example: `fd01::1`. */
export function formatAddress(a: Address): string {
  if (a.family === 4) {
    // Keys of rows are made of this, a hundred thousand at a time: small numbers are ten times as fast as bigints.
    const value = Number(a.value);
    return `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
  }
  const parts = Array.from({ length: 8 }, (_, i) => Number((a.value >> BigInt(112 - 16 * i)) & 0xffffn));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && parts[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  const hex = (some: number[]): string => some.map((p) => p.toString(16)).join(":");
  if (best.length < 2) return hex(parts);
  return `${hex(parts.slice(0, best.start))}::${hex(parts.slice(best.start + best.length))}`;
}

/** The 16 bytes the maps hold, IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2). A fresh array. */
export function addressToBytes(a: Address): Uint8Array {
  const bytes = new Uint8Array(16);
  let rest = a.family === 4 ? MAPPED | a.value : a.value;
  for (let i = 15; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/**
 * The reverse of `addressToBytes`; 4 bytes are IPv4 too (as netlink sends them).
 * @throws RangeError where there are neither 4 nor 16 bytes.
 */
export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length !== 4 && bytes.length !== 16) throw new RangeError(`an address has 4 or 16 bytes, not ${bytes.length}`);
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  if (bytes.length === 4) return addressOf(4, value);
  return value >> 32n === 0xffffn ? addressOf(4, value & 0xffffffffn) : addressOf(6, value);
}

/** Whether both are the same address. Example: `sameAddress(address("::1"), address("0::1"))` is true. */
export function sameAddress(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value;
}

/** Order for sorting: IPv4 before IPv6, then by number. */
export function compareAddress(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}
