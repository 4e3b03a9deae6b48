// SPDX-License-Identifier: Apache-2.0
import { cString, fromCString } from "./args.ts";
import { check, KernelError } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

const NAME_SIZE = 32; // ETH_GSTRING_LEN
const MOST_NAMES = 256;

/** An offload feature of an interface. */
export interface Feature {
  readonly active: boolean;
  /** False where the driver lacks it or holds it fast. */
  readonly changeable: boolean;
}

/**
 * The features of an interface by the kernel's names: "rx-gro", "tx-tcp-segmentation", "tx-udp_tnl-segmentation".
 * KernelError ENODEV if there is no such interface.
 *
 * @example
 * ```ts
 * ethtoolFeatures("eth0").get("rx-gro")?.active;
 * ```
 */
export function ethtoolFeatures(name: string): Map<string, Feature> {
  const names = featureNames(name);
  const blocks = Math.ceil(names.length / 32);
  const words = new Uint32Array(blocks * 4);
  check(shim().strait_ethtool_features(cString(name), words, blocks), "read the features of", name);
  const bit = (index: number, word: number) => ((words[(index >>> 5) * 4 + word] ?? 0) >>> (index & 31)) & 1;
  const state = (index: number) => ({ active: bit(index, 2) === 1, changeable: bit(index, 0) === 1 && bit(index, 3) === 0 });
  return new Map(names.map((feature, index) => [feature, state(index)] as const).filter(([feature]) => feature !== ""));
}

/**
 * Switches features on or off; those not named stay. Names the kernel does not know are a TypeError; a feature the driver
 * cannot change is a KernelError EOPNOTSUPP.
 */
export function setEthtoolFeatures(name: string, wishes: Readonly<Record<string, boolean>>): void {
  const names = featureNames(name);
  const blocks = Math.ceil(names.length / 32);
  const words = new Uint32Array(blocks * 2);
  for (const [feature, on] of Object.entries(wishes)) {
    const index = names.indexOf(feature);
    if (index < 0) throw new TypeError(`the kernel knows no feature ${feature}`);
    const [at, mask] = [(index >>> 5) * 2, 1 << (index & 31)];
    words[at] = (words[at] ?? 0) | mask;
    if (on) words[at + 1] = (words[at + 1] ?? 0) | mask;
  }
  check(shim().strait_ethtool_set_features(cString(name), words, blocks), "set the features of", name);
  const now = ethtoolFeatures(name);
  const refused = Object.keys(wishes).filter((feature) => now.get(feature)?.active !== wishes[feature]);
  if (refused.length === 0) return;
  throw new KernelError("set the features of", name, 95, { detail: `the driver keeps ${refused.join(", ")}` });
}

function featureNames(name: string): string[] {
  const raw = new Uint8Array(MOST_NAMES * NAME_SIZE);
  const count = check(shim().strait_ethtool_names(cString(name), raw, raw.length), "read the features of", name);
  return Array.from({ length: count }, (_, index) => fromCString(raw.subarray(index * NAME_SIZE, (index + 1) * NAME_SIZE)));
}
