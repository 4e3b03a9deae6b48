// SPDX-License-Identifier: Apache-2.0
import { shim } from "./symbols.ts";

/** What libbpf said since the last call that talks to it began; the verifier's log is part of it. Empties the store. */
export function takeLog(): string {
  const size = shim().strait_log_size();
  if (size === 0) return "";
  const text = new Uint8Array(size);
  return new TextDecoder().decode(text.subarray(0, shim().strait_log_take(text, size)));
}
