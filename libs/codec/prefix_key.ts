// SPDX-License-Identifier: Apache-2.0
import { addressFromBytes, addressToBytes, type Cidr, cidrOf } from "@strait/model";

/** Bits an IPv4 prefix gains in the IPv4-mapped form the tries hold. */
const MAPPED_BITS = 96;

/** A prefix as an LPM trie holds it: bits of the 128-bit form (an IPv4 /24 is 96 + 24) and 16 bytes. */
export function prefixToKey(prefix: Cidr): { readonly bits: number; readonly addr: Uint8Array } {
  const extra = prefix.address.family === 4 ? MAPPED_BITS : 0;
  return { bits: prefix.prefixLength + extra, addr: addressToBytes(prefix.address) };
}

/** The reverse; undefined where the bits are none we could have written. */
export function prefixFromKey(bits: number, addr: Uint8Array): Cidr | undefined {
  const address = addressFromBytes(addr);
  const length = address.family === 4 ? bits - MAPPED_BITS : bits;
  return length < 0 || bits > 128 ? undefined : cidrOf(address, length);
}
