// SPDX-License-Identifier: Apache-2.0
import type { BpfMap } from "./bpf_map.ts";
import { Handle } from "./handle.ts";
import { check } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

/**
 * The reading end of a BPF ring buffer map. Each record goes to one reader only, and a full ring drops new records, so one
 * process reads a ring and drains it often.
 *
 * @example
 * ```ts
 * using ring = new RingBuffer(object.map("strait_trace"));
 * for (const record of ring.poll()) console.log(record);
 * ```
 */
export class RingBuffer extends Handle {
  readonly #handle: bigint;

  /** KernelError EINVAL if the map is no ring buffer. The map may be closed before the ring. */
  constructor(map: BpfMap) {
    const out = new BigUint64Array(1);
    check(shim().strait_ring_open(map.fd, out), "open", `ring buffer ${map.info().name}`);
    super("RingBuffer");
    this.#handle = out[0] ?? 0n;
  }

  /** Takes the records that are there, oldest first, without waiting; about a MiB at most per call. */
  poll(): Uint8Array[] {
    this.guard();
    const size = check(shim().strait_ring_drain(this.#handle), "drain", "ring buffer");
    if (size === 0) return [];
    const raw = new Uint8Array(size);
    shim().strait_ring_take(this.#handle, raw, size);
    const view = new DataView(raw.buffer);
    const records: Uint8Array[] = [];
    for (let at = 0; at < size; ) {
      const length = view.getUint32(at, true);
      records.push(raw.slice(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return records;
  }

  protected release(): void {
    shim().strait_ring_close(this.#handle);
  }
}
