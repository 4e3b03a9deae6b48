// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { BpfMap } from "@strait/ffi";
import type { Node } from "@strait/lab";
import { MAP_VERSION, SLOTS } from "@strait/model";

/** Which hop each flow-hash slot of a cluster names on a node: read from the kernel, not from what an app says. */
export function slotsOf(node: Node, cluster: number): readonly number[] {
  using map = BpfMap.openPinned(join(node.bpffs, "strait", MAP_VERSION, "strait_slots"));
  return Array.from({ length: SLOTS }, (_, slot) => {
    const key = new Uint8Array(Uint32Array.of(cluster * SLOTS + slot).buffer);
    const value = map.lookup(key);
    return value === undefined ? 0 : new DataView(value.buffer, value.byteOffset).getUint32(0, true);
  });
}
