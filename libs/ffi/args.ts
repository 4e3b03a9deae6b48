// SPDX-License-Identifier: Apache-2.0
// Bun converts at the boundary, it does not check: 256 as u8 is 0, 1.9 is 1, undefined is 0 (pinned in abi_test.ts, and other
// Bun versions did otherwise). So every integer is checked before the call, and every string is encoded by us.

const encoder = new TextEncoder();

/** A NUL-terminated UTF-8 string. A string with a NUL inside is a TypeError: C would see less of it than we do. */
export function cString(text: string): Uint8Array {
  if (text.includes("\0")) throw new TypeError(`${JSON.stringify(text)} has a NUL inside`);
  return encoder.encode(`${text}\0`);
}

/** The text up to the first NUL. */
export function fromCString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Splits names that each end with a NUL. */
export function fromCStrings(bytes: Uint8Array): string[] {
  return new TextDecoder().decode(bytes).split("\0").slice(0, -1);
}

/** Passes a 32-bit unsigned integer on; anything else is a RangeError that names `what`. */
export function u32(value: number, what: string): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new RangeError(`${what} must be an integer from 0 to 4294967295, not ${value}`);
  }
  return value;
}

/** The same for positive values that C holds in an `int`: interface indexes and file descriptors. */
export function positiveInt(value: number, what: string): number {
  if (!Number.isInteger(value) || value < 0 || value > 0x7fff_ffff) {
    throw new RangeError(`${what} must be an integer from 0 to 2147483647, not ${value}`);
  }
  return value;
}

/** The bytes, if there are exactly `size` of them. */
export function sized(bytes: Uint8Array, size: number, what: string): Uint8Array {
  if (bytes.length !== size) throw new RangeError(`${what} must have ${size} bytes, not ${bytes.length}`);
  return bytes;
}

/** `size` little- or big-endian bytes (the host's order) of an integer that must fit; a RangeError names `what`. */
export function scalarBytes(value: number | bigint, size: number, signed: boolean, what: string): Uint8Array {
  const wide = BigInt(value);
  const bits = BigInt(size * 8);
  const [low, high] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  if (wide < low || wide > high) throw new RangeError(`${what} must be from ${low} to ${high}, not ${value}`);
  const host = new Uint8Array(new BigUint64Array([BigInt.asUintN(64, wide)]).buffer);
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  return littleEndian ? host.slice(0, size) : host.slice(8 - size);
}
