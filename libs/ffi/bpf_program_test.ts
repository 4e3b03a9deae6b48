// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { describeIf } from "@strait/testkit";
import { BpfObject } from "./bpf_object.ts";
import { BpfProgram } from "./bpf_program.ts";
import { openHandles, openHandlesByKind } from "./handle.ts";
import { compileBpf } from "./testing/compile.ts";
import { ownBpffs, unfit } from "./testing/place.ts";

describeIf(unfit)("BpfProgram", () => {
  let object: BpfObject;
  let handles = 0;
  const packet = new Uint8Array(60).fill(7);

  beforeAll(() => {
    handles = openHandles();
    object = BpfObject.open(compileBpf("probe"));
    object.load();
  });
  afterAll(() => {
    object.close();
    expect(openHandles(), JSON.stringify(openHandlesByKind())).toBe(handles);
  });

  test("knows its id, name, tag, maps and what verifying it took", () => {
    const info = object.program("show_config").info();
    expect(info).toMatchObject({ name: "show_config", type: 3, tag: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(info.id).toBeGreaterThan(0);
    expect(info.verifiedInstructions).toBeGreaterThan(10);
    expect(info.loadTime).toBeGreaterThan(0n);
    expect(info.mapIds).toContain(object.map("config_seen").info().id);
  });

  test("keeps its tag over loads; another program has another", () => {
    using again = BpfObject.open(compileBpf("probe"));
    again.load();
    expect(again.program("count").tag).toBe(object.program("count").tag);
    expect(again.program("count").id).not.toBe(object.program("count").id);
    expect(again.program("event").tag).not.toBe(object.program("count").tag);
  });

  test("runs over a packet: verdict, bytes and context come back", () => {
    const { verdict, data, context } = object.program("show_config").testRun({ data: packet, context: { mark: 41, cb: [1, 2] } });
    expect(verdict).toBe(-1);
    expect(data).toEqual(packet);
    expect(context).toMatchObject({ mark: 42, cb: [1, 2, 0, 0, 0], wireLen: 60 });
  });

  test("takes the branch its context asks for", () => {
    expect(object.program("count").testRun({ data: packet, context: { mark: 7 } }).verdict).toBe(2);
    expect(object.program("count").testRun({ data: packet, context: { mark: 8 } }).verdict).toBe(-1);
  });

  test("gives back a packet that grew", () => {
    const { verdict, data } = object.program("grow").testRun({ data: packet });
    expect(verdict).toBe(0);
    expect(data).toEqual(new Uint8Array([...packet, ...new Uint8Array(10)]));
  });

  test.each([0, 1, 13])("refuses a packet of %d bytes, shorter than its Ethernet header", (length) => {
    expect(() => object.program("count").testRun({ data: new Uint8Array(length) })).toThrow("EINVAL");
  });

  test("refuses a context for an interface that is not there", () => {
    expect(() => object.program("count").testRun({ data: packet, context: { ifindex: 0x7fff_0000 } })).toThrow(/ENODEV|EINVAL/);
  });

  test("is found again by pin and by id", () => {
    using bpffs = ownBpffs();
    const path = join(bpffs.path, "count");
    object.program("count").pin(path);
    using pinned = BpfProgram.openPinned(path);
    using same = BpfProgram.openById(pinned.id);
    expect(same.info()).toEqual(object.program("count").info());
    expect(() => BpfProgram.openPinned(join(bpffs.path, "nothing"))).toThrow("ENOENT");
    expect(() => BpfProgram.openById(0xffff_ffff)).toThrow("ENOENT");
  });
});
