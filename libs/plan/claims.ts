// SPDX-License-Identifier: Apache-2.0
import { addressBits, type Cidr } from "@strait/model";

/** A prefix and who has it. `owner` is a key of the caller's, `what` names it to a person. */
export interface Claim {
  readonly cidr: Cidr;
  readonly owner: string;
  readonly what: string;
}

interface Held extends Claim {
  readonly first: bigint;
  readonly last: bigint;
}

/** The prefix as a range of numbers; IPv4 lies behind the last IPv6 address. */
function rangeOf({ address, prefixLength }: Cidr): { first: bigint; last: bigint } {
  const first = address.family === 4 ? (1n << 128n) + address.value : address.value;
  return { first, last: first + (1n << BigInt(addressBits(address.family) - prefixLength)) - 1n };
}

/**
 * Prefixes of which no two overlap, and whose each is. Finding one takes the logarithm of their number.
 *
 * @example
 * const taken = claims.conflict(cidr("10.1.0.0/16"), "east");
 * if (!taken) claims.add({ cidr: cidr("10.1.0.0/16"), owner: "east", what: "cluster east" });
 */
export class Claims {
  readonly #sorted: Held[] = [];
  readonly #of = new Map<string, Set<Held>>();

  /** How many have a first address up to this one. */
  #upTo(address: bigint): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const held = this.#sorted[middle];
      if (held && held.first <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where those that share an address with the range are: from, to (not included). They do not overlap, so they are neighbours. */
  #within(first: bigint, last: bigint): [number, number] {
    const to = this.#upTo(last);
    let from = to;
    while (from > 0 && (this.#sorted[from - 1]?.last ?? -1n) >= first) from--;
    return [from, to];
  }

  /** One of somebody else's that shares an address with the prefix. */
  conflict(cidr: Cidr, owner: string): Claim | undefined {
    const { first, last } = rangeOf(cidr);
    return this.#sorted.slice(...this.#within(first, last)).find((held) => held.owner !== owner);
  }

  /** Takes one; what the owner has inside of it becomes part of it. @throws RangeError where it is somebody else's: look first */
  add(claim: Claim): void {
    const range = rangeOf(claim.cidr);
    const [from, to] = this.#within(range.first, range.last);
    const inside = this.#sorted.slice(from, to);
    if (inside.some((held) => held.owner !== claim.owner)) throw new RangeError(`a prefix of ${claim.what} is taken already`);
    if (inside.some((held) => held.cidr.prefixLength <= claim.cidr.prefixLength)) return;
    const held = { ...claim, ...range };
    this.#sorted.splice(from, to - from, held);
    const own = this.#of.get(claim.owner) ?? new Set();
    for (const part of inside) own.delete(part);
    this.#of.set(claim.owner, own.add(held));
  }

  /** Gives back all that the owner has. */
  removeOf(owner: string): void {
    for (const held of this.#of.get(owner) ?? []) this.#sorted.splice(this.#upTo(held.first) - 1, 1);
    this.#of.delete(owner);
  }
}
