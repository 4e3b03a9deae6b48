// SPDX-License-Identifier: Apache-2.0
import { dirname, join } from "node:path";
import { BpfObject, KernelError } from "@strait/ffi";

/** What the running kernel can do, found by trying. "unknown" is treated as "no". */
export interface Capabilities {
  /** bpf_skb_adjust_room can take an IPv4 header off an IPv6 packet and the reverse (Linux 6.3). */
  readonly popMixed: "yes" | "no" | "unknown";
}

/** An IPv4 frame with room for another header. */
function probeFrame(): Uint8Array {
  const frame = new Uint8Array(14 + 20 + 40 + 20);
  frame.set([0x08, 0x00], 12);
  frame.set([0x45, 0, 0, 80, 0, 0, 0, 0, 64, 41], 14);
  frame[34] = 0x60;
  return frame;
}

let found: Capabilities | undefined;

/** Asks the kernel once per process, by the programs of bpf/probe.c beside the object file. */
export function capabilities(objectPath: string): Capabilities {
  found ??= { popMixed: probe(join(dirname(objectPath), "probe.o")) };
  return found;
}

function probe(path: string): Capabilities["popMixed"] {
  try {
    using object = BpfObject.open(path);
    object.load();
    return object.program("strait_can_pop_mixed").testRun({ data: probeFrame() }).verdict === 1 ? "yes" : "no";
  } catch (error) {
    if (error instanceof KernelError) return "unknown";
    throw error;
  }
}
