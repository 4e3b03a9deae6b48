// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeIf } from "@strait/testkit";
import { BpfObject } from "./bpf_object.ts";
import { openHandles, openHandlesByKind } from "./handle.ts";
import { compileBpf } from "./testing/compile.ts";
import { ownBpffs, ownVeth, toU64, u32Bytes, unfit } from "./testing/place.ts";
import { attachXdp, detachXdp, queryXdp } from "./xdp.ts";

describeIf(unfit)("attachXdp", () => {
  let object: BpfObject;
  let handles = 0;

  beforeAll(() => {
    handles = openHandles();
    object = BpfObject.open(compileBpf("attached"));
    object.load();
  });
  afterAll(() => {
    object.close();
    expect(openHandles(), JSON.stringify(openHandlesByKind())).toBe(handles);
  });

  describe.each(["native", "generic"] as const)("%s", (mode) => {
    test("attaches, replaces and detaches, and the query follows", () => {
      using veth = ownVeth();
      const link = attachXdp({ program: object.program("early"), ifindex: veth.ifindex, mode });
      expect(queryXdp(veth.ifindex)).toBe(object.program("early").id);
      link.replace(object.program("late"));
      expect([queryXdp(veth.ifindex), link.programId]).toEqual([object.program("late").id, object.program("late").id]);
      link.detach();
      expect(queryXdp(veth.ifindex)).toBeUndefined();
    });
  });

  test("stays by its pin, is taken over, and detached by it", () => {
    using bpffs = ownBpffs();
    using veth = ownVeth();
    const pinPath = join(bpffs.path, "xdp");
    attachXdp({ program: object.program("early"), ifindex: veth.ifindex, pinPath }).close();
    expect(queryXdp(veth.ifindex)).toBe(object.program("early").id);
    attachXdp({ program: object.program("late"), ifindex: veth.ifindex, pinPath }).close();
    expect(queryXdp(veth.ifindex)).toBe(object.program("late").id);
    expect(detachXdp(pinPath)).toBe(true);
    expect(queryXdp(veth.ifindex)).toBeUndefined();
    expect([existsSync(pinPath), detachXdp(pinPath)]).toEqual([false, false]);
  });

  test("takes a pin over whose interface is gone", () => {
    using bpffs = ownBpffs();
    const pinPath = join(bpffs.path, "xdp");
    const program = object.program("early");
    {
      using veth = ownVeth();
      attachXdp({ program, ifindex: veth.ifindex, pinPath }).close();
    }
    using veth = ownVeth();
    const link = attachXdp({ program, ifindex: veth.ifindex, pinPath });
    expect(queryXdp(veth.ifindex)).toBe(program.id);
    link.detach();
  });

  test("refuses a second program, a program of another kind, and an interface that is not there", () => {
    using veth = ownVeth();
    const program = object.program("early");
    using link = attachXdp({ program, ifindex: veth.ifindex });
    expect(link.ifindex).toBe(veth.ifindex);
    expect(() => attachXdp({ program, ifindex: veth.ifindex })).toThrow("EBUSY");
    expect(() => attachXdp({ program: object.program("first"), ifindex: veth.ifindex })).toThrow("EINVAL");
    expect(() => attachXdp({ program, ifindex: 0x7fff_fff0 })).toThrow(/ENODEV|EINVAL/);
  });

  test("runs over a packet without a network", () => {
    const data = new Uint8Array(64).fill(3);
    const result = object.program("early").testRun({ data, context: { ingressIfindex: 1 } });
    expect(result).toMatchObject({ verdict: 2, data });
    expect(toU64(object.map("seen").lookup(u32Bytes(0)))).toBe(64_001n);
    expect(object.program("late").testRun({ data }).verdict).toBe(1);
  });
});
