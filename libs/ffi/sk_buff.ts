// SPDX-License-Identifier: Apache-2.0
import { u32 } from "./args.ts";

/** `sizeof(struct __sk_buff)` of Linux 5.18 and later (linux/bpf.h). */
export const SK_BUFF_SIZE = 192;

/**
 * The fields of `struct __sk_buff` that BPF_PROG_TEST_RUN takes and gives back; it leaves all others zero, `len` and `hash`
 * among them (net/bpf/test_run.c, convert___skb_to_skb and convert_skb_to___skb).
 */
export interface SkBuffContext {
  readonly mark: number;
  readonly priority: number;
  readonly ingressIfindex: number;
  /** Of a device in the namespace of the calling process; 0 stands for its loopback. */
  readonly ifindex: number;
  /** Five words. */
  readonly cb: readonly number[];
  /** ns */
  readonly tstamp: bigint;
  /** Bytes on the wire, headers of all segments included; at least the packet's length. */
  readonly wireLen: number;
  readonly gsoSegs: number;
  readonly gsoSize: number;
}

const AT = {
  mark: 8,
  priority: 32,
  ingressIfindex: 36,
  ifindex: 40,
  cb: 48,
  tstamp: 152,
  wireLen: 160,
  gsoSegs: 164,
  gsoSize: 176,
};

/** Bytes of a `struct __sk_buff` with these fields set and all others zero. */
export function encodeSkBuff(fields: Partial<SkBuffContext>): Uint8Array {
  const bytes = new Uint8Array(SK_BUFF_SIZE);
  const view = new DataView(bytes.buffer);
  const put = (at: number, value: number, what: string) => view.setUint32(at, u32(value, what), true);
  for (const name of ["mark", "priority", "ingressIfindex", "ifindex", "wireLen", "gsoSegs", "gsoSize"] as const) {
    const value = fields[name];
    if (value !== undefined) put(AT[name], value, name);
  }
  if ((fields.cb?.length ?? 0) > 5) throw new RangeError(`cb has five words, not ${fields.cb?.length}`);
  fields.cb?.forEach((word, index) => {
    put(AT.cb + 4 * index, word, "cb");
  });
  if (fields.tstamp !== undefined) view.setBigUint64(AT.tstamp, BigInt.asUintN(64, fields.tstamp), true);
  return bytes;
}

/** Reads a `struct __sk_buff`. */
export function decodeSkBuff(bytes: Uint8Array): SkBuffContext {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number) => view.getUint32(at, true);
  return {
    mark: word(AT.mark),
    priority: word(AT.priority),
    ingressIfindex: word(AT.ingressIfindex),
    ifindex: word(AT.ifindex),
    cb: [0, 1, 2, 3, 4].map((index) => word(AT.cb + 4 * index)),
    tstamp: view.getBigUint64(AT.tstamp, true),
    wireLen: word(AT.wireLen),
    gsoSegs: word(AT.gsoSegs),
    gsoSize: word(AT.gsoSize),
  };
}
