// SPDX-License-Identifier: Apache-2.0
import { type Address, addressBits, addressOf, type Family } from "../address.ts";
import { type Cidr, cidrOf } from "../cidr.ts";

/** Pseudo-random values from a seed, for property tests: a failure names its seed and can be repeated. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `limit` - 1 (mulberry32). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const [a, b] = [out[i], out[j]];
      if (a !== undefined && b !== undefined) [out[i], out[j]] = [b, a];
    }
    return out;
  }

  bits(count: number): bigint {
    let value = 0n;
    for (let i = 0; i < count; i += 16) value = (value << 16n) | BigInt(this.below(0x10000));
    return BigInt.asUintN(count, value);
  }

  /** Any address. With `near`, mostly one that shares leading bits with it, so that prefixes match now and then. */
  address(family: Family = this.pick([4, 6] as const), near?: Address): Address {
    const bits = addressBits(family);
    const random = this.bits(bits);
    if (!near || near.family !== family || this.below(4) === 0) return addressOf(family, mapped(family, random) ? 1n : random);
    const kept = BigInt(this.below(bits + 1));
    const low = (1n << kept) - 1n;
    const value = (near.value & ~low) | (random & low);
    return addressOf(family, mapped(family, value) ? 1n : value);
  }

  cidr(near?: Address): Cidr {
    const family = near && this.below(3) > 0 ? near.family : this.pick([4, 6] as const);
    return cidrOf(this.address(family, near), this.below(addressBits(family) + 1));
  }
}

function mapped(family: Family, value: bigint): boolean {
  return family === 6 && value >> 32n === 0xffffn;
}
