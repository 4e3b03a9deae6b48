// SPDX-License-Identifier: Apache-2.0
import { type Address, addressBits, addressOf, compareAddress, formatAddress, parseAddress } from "./address.ts";
import { must, ok, type Result, refuse } from "./result.ts";

/** A prefix: `address` is its first address (no host bits), `prefixLength` counts bits of the address's own family. */
export interface Cidr {
  readonly address: Address;
  readonly prefixLength: number;
}

function hostBits(of: Cidr): bigint {
  return BigInt(addressBits(of.address.family) - of.prefixLength);
}

/** The prefix of that length around an address; host bits are cut. @throws RangeError where the length does not fit the family. */
export function cidrOf(around: Address, prefixLength: number): Cidr {
  const bits = addressBits(around.family);
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > bits) {
    throw new RangeError(`prefix length ${prefixLength} is out of range: IPv${around.family} has 0 to ${bits}`);
  }
  const shift = BigInt(bits - prefixLength);
  return Object.freeze({ address: addressOf(around.family, (around.value >> shift) << shift), prefixLength });
}

/**
 * Reads "address/length". Host bits are refused with the prefix that was probably meant.
 *
 * @example
 * parseCidr("10.1.2.3/16") // {ok: false, reason: "10.1.2.3/16 has host bits set: write 10.1.0.0/16"}
 */
export function parseCidr(text: string): Result<Cidr> {
  const slash = text.indexOf("/");
  if (slash < 0) return refuse(`"${text.slice(0, 64)}" is no subnet: write it like 10.1.0.0/16 or fd01::/48`);
  const parsed = parseAddress(text.slice(0, slash));
  if (!parsed.ok) return parsed;
  const length = text.slice(slash + 1);
  const bits = addressBits(parsed.value.family);
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bits) {
    return refuse(`prefix length "${length.slice(0, 16)}" of ${text.slice(0, slash)} is out of range: use 0 to ${bits}`);
  }
  const meant = cidrOf(parsed.value, Number(length));
  if (meant.address.value !== parsed.value.value) return refuse(`${text} has host bits set: write ${formatCidr(meant)}`);
  return ok(meant);
}

/** As `parseCidr`, for literals. @throws TypeError with the reason. Example: `cidr("10.1.0.0/16")`. */
export function cidr(text: string): Cidr {
  return must(parseCidr(text));
}

/** Prints "address/length", the address as `formatAddress` does. */
export function formatCidr(c: Cidr): string {
  return `${formatAddress(c.address)}/${c.prefixLength}`;
}

/** Whether the address lies in the prefix. Families never mix. */
export function contains(c: Cidr, a: Address): boolean {
  return c.address.family === a.family && (c.address.value ^ a.value) >> hostBits(c) === 0n;
}

/** Whether two prefixes share an address (one holds the other). */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.prefixLength <= b.prefixLength ? contains(a, b.address) : contains(b, a.address);
}

/** Whether every address of `inner` lies in `outer`. */
export function covers(outer: Cidr, inner: Cidr): boolean {
  return outer.prefixLength <= inner.prefixLength && contains(outer, inner.address);
}

/** The prefix that holds just this address. Example: `hostCidr(address("10.1.2.3"))` is 10.1.2.3/32. */
export function hostCidr(a: Address): Cidr {
  return cidrOf(a, addressBits(a.family));
}

/** Whether both are the same prefix. */
export function sameCidr(a: Cidr, b: Cidr): boolean {
  return compareCidr(a, b) === 0;
}

/** Order for sorting: by address, then the broader first. */
export function compareCidr(a: Cidr, b: Cidr): number {
  return compareAddress(a.address, b.address) || a.prefixLength - b.prefixLength;
}
