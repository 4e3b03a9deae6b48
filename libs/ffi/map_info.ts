// SPDX-License-Identifier: Apache-2.0
import { fromCString } from "./args.ts";
import { check } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

/** The shape of a map. Sizes in bytes; `type` and `flags` are the kernel's numbers (`enum bpf_map_type`, `BPF_F_*`). */
export interface MapInfo {
  readonly id: number;
  /** At most 15 characters: the kernel cuts the rest. */
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
}

/** Asks the kernel about the map behind a descriptor. */
export function mapInfo(fd: number): MapInfo {
  const raw = new Uint8Array(40);
  check(shim().strait_map_info(fd, raw), "read the info of", `map descriptor ${fd}`);
  const [id = 0, type = 0, keySize = 0, valueSize = 0, maxEntries = 0, flags = 0] = new Uint32Array(raw.buffer, 0, 6);
  return { id, name: fromCString(raw.subarray(24)), type, keySize, valueSize, maxEntries, flags };
}
