// SPDX-License-Identifier: Apache-2.0

import { check } from "./kernel_error.ts";
import type { MapInfo } from "./map_info.ts";
import { shim } from "./symbols.ts";

/** `enum bpf_map_type`: hash, array, per-CPU hash, per-CPU array, LRU hash, LRU per-CPU hash. */
const BATCHED: ReadonlySet<number> = new Set([1, 2, 5, 6, 9, 10]);
const NO_BATCHES: ReadonlySet<number> = new Set([-22, -95, -524]);
const ENOSPC = -28;
const CHUNK = 512;
/** Of array rows: as many as make a system call cheap beside what it copies. */
const ARRAY_CHUNK = 8192;
const ARRAYS: ReadonlySet<number> = new Set([2, 6]);

/** Which rows a walk yields. */
export interface ScanOptions {
  /** Leaves out rows whose value is all zero bytes: those of an array that nobody wrote. They cost next to nothing then. */
  readonly written?: boolean;
}

/**
 * Rows of a map in chunks: BPF_MAP_LOOKUP_BATCH where it is safe and there, else key by key.
 *
 * LPM tries go key by key: their batch walk starts over when its last key was deleted meanwhile, and so does get_next_key
 * (kernel/bpf/lpm_trie.c). Seen keys are remembered, so a walk that starts over yields no key twice, and it ends after a
 * bounded number of steps.
 */
export function* scan(
  fd: () => number,
  info: MapInfo,
  valueSize: number,
  label: string,
  { written = false }: ScanOptions = {},
): Generator<readonly [Uint8Array, Uint8Array]> {
  const { keySize, maxEntries } = info;
  let batched = BATCHED.has(info.type);
  let room = Math.min(ARRAYS.has(info.type) ? ARRAY_CHUNK : CHUNK, Math.max(maxEntries, 1));
  let cursor = new Uint8Array(Math.max(keySize, 16));
  const seen = new Set<string>();
  const out = new Uint32Array(2);
  let started = 0;
  for (let steps = 0; steps <= 2 * maxEntries + CHUNK; steps += room) {
    const keys = new Uint8Array(room * keySize);
    const values = new Uint8Array(room * valueSize);
    // A failed round leaves the cursor where the kernel got to, so each round works on a copy.
    const next = cursor.slice();
    const result = batched
      ? shim().strait_map_scan_batch(fd(), next, started, keys, values, room, out)
      : shim().strait_map_scan(fd(), next, started, keys, values, room, keySize, valueSize, out);
    if (batched && result === ENOSPC && room < maxEntries) {
      room = Math.min(room * 2, maxEntries);
      continue;
    }
    if (batched && started === 0 && NO_BATCHES.has(result)) {
      batched = false;
      continue;
    }
    check(result, "iterate", label);
    cursor = next;
    started = 1;
    const [copied = 0, end = 0] = out;
    const isZero = written ? zeroTest(values, valueSize) : () => false;
    for (let index = 0; index < copied; index++) {
      if (isZero(index)) continue;
      const key = keys.slice(index * keySize, (index + 1) * keySize);
      if (!batched) {
        const name = key.toHex();
        if (seen.has(name)) continue;
        seen.add(name);
      }
      yield [key, values.slice(index * valueSize, (index + 1) * valueSize)];
    }
    if (end) return;
  }
}

/** Whether the value of a row is all zero; by words where they fit, which are most of all maps. */
function zeroTest(values: Uint8Array, valueSize: number): (index: number) => boolean {
  const wordSize = valueSize % 4 === 0 ? 4 : 1;
  const words = wordSize === 4 ? new Uint32Array(values.buffer) : values;
  const perRow = valueSize / wordSize;
  return (index) => {
    for (let at = index * perRow; at < (index + 1) * perRow; at++) if (words[at] !== 0) return false;
    return true;
  };
}
