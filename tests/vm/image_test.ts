// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { loadOrder } from "./image.ts";

const INDEX =
  "kernel/d/virtio_blk.ko: kernel/d/virtio.ko kernel/d/virtio_ring.ko\nkernel/d/virtio.ko: kernel/d/virtio_ring.ko\nkernel/d/virtio_ring.ko:\n";

describe("the load order of modules", () => {
  test("puts what a module needs before it, each file once", () => {
    expect(loadOrder(INDEX, ["virtio_blk", "virtio"])).toEqual([
      "kernel/d/virtio_ring.ko",
      "kernel/d/virtio.ko",
      "kernel/d/virtio_blk.ko",
    ]);
  });

  test("refuses a module that the kernel does not have", () => {
    expect(() => loadOrder(INDEX, ["floppy"])).toThrow("modules.dep names no floppy.ko");
  });
});
