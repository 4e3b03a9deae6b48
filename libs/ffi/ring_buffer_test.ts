// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { describeIf } from "@strait/testkit";
import { BpfObject } from "./bpf_object.ts";
import { openHandles } from "./handle.ts";
import { RingBuffer } from "./ring_buffer.ts";
import { compileBpf } from "./testing/compile.ts";
import { toU32, unfit } from "./testing/place.ts";

describeIf(unfit)("RingBuffer", () => {
  let object: BpfObject;
  let handles = 0;
  const put = (length: number, times = 1) => object.program("event").testRun({ data: new Uint8Array(length), repeat: times });

  beforeAll(() => {
    handles = openHandles();
    object = BpfObject.open(compileBpf("probe"));
    object.load();
  });
  afterAll(() => {
    object.close();
    expect(openHandles()).toBe(handles);
  });

  test("gives each record once, oldest first", () => {
    using ring = new RingBuffer(object.map("events"));
    expect(ring.poll()).toEqual([]);
    for (const length of [60, 61, 62]) put(length);
    expect(ring.poll().map(toU32)).toEqual([60, 61, 62]);
    expect(ring.poll()).toEqual([]);
    put(63);
    expect(ring.poll().map(toU32)).toEqual([63]);
  });

  test("keeps what fits when nobody reads, and goes on afterwards", () => {
    using ring = new RingBuffer(object.map("events"));
    put(60, 1000);
    const kept = ring.poll();
    // 4096 bytes of ring, 16 per record (8 of header, 4 of data, rounded up to 8), the last never written over the first.
    expect(kept.length).toBeGreaterThan(200);
    expect(kept.length).toBeLessThanOrEqual(256);
    put(61);
    expect(ring.poll().map(toU32)).toEqual([61]);
  });

  test("refuses a map that is no ring buffer", () => {
    expect(() => new RingBuffer(object.map("rows"))).toThrow("EINVAL");
  });

  test("throws on use after close", () => {
    const ring = new RingBuffer(object.map("events"));
    ring.close();
    expect(() => ring.poll()).toThrow("RingBuffer is closed");
  });
});
