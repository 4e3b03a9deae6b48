// SPDX-License-Identifier: Apache-2.0
import { positiveInt } from "./args.ts";

/** `sizeof(struct xdp_md)` (linux/bpf.h). */
export const XDP_MD_SIZE = 24;

/**
 * Bytes of a `struct xdp_md` for BPF_PROG_TEST_RUN: a packet of `length` bytes without metadata that came in on an interface
 * of the calling process's namespace (0: its loopback).
 */
export function encodeXdpMd(length: number, ingressIfindex = 0): Uint8Array {
  const view = new DataView(new ArrayBuffer(XDP_MD_SIZE));
  view.setUint32(4, length, true); // data_end, while data and data_meta stay 0
  view.setUint32(12, positiveInt(ingressIfindex, "ingressIfindex"), true);
  return new Uint8Array(view.buffer);
}
