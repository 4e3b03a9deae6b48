// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeIf } from "@strait/testkit";
import type { BpfMap } from "./bpf_map.ts";
import { BpfObject } from "./bpf_object.ts";
import { openHandles, openHandlesByKind } from "./handle.ts";
import { attachTc, detachTc, queryTc } from "./tc.ts";
import { tcxSupported } from "./tcx.ts";
import { compileBpf } from "./testing/compile.ts";
import { ownBpffs, ownVeth, sh, toU64, u32Bytes, unfit } from "./testing/place.ts";

const child = (name: string, ...args: string[]) => [process.execPath, "run", join(import.meta.dir, "testing", name), ...args];
const noTcx = unfit ?? (tcxSupported() ? undefined : "the kernel has no TCX (Linux 6.6)");

function seen(map: BpfMap): [first: bigint, second: bigint] {
  return [toU64(map.lookup(u32Bytes(0))) ?? 0n, toU64(map.lookup(u32Bytes(1))) ?? 0n];
}

/** Gives the interface an address, and a neighbour that needs no answer to be sent to; returns the neighbour. */
function neighbour(name: string): string {
  sh("ip", "address", "add", "198.51.100.1/24", "dev", name);
  sh("ip", "neighbour", "add", "198.51.100.2", "lladdr", "02:00:00:00:00:02", "dev", name);
  return "198.51.100.2";
}

for (const kind of ["tcx", "clsact"] as const) {
  describeIf(kind === "tcx" ? noTcx : unfit)(`attachTc by ${kind}`, () => {
    let path = "";
    let object: BpfObject;
    let handles = 0;

    beforeAll(() => {
      handles = openHandles();
      path = compileBpf("attached");
      object = BpfObject.open(path);
      object.load();
    });
    afterAll(() => {
      object.close();
      expect(openHandles(), JSON.stringify(openHandlesByKind())).toBe(handles);
    });

    const ids = (ifindex: number, direction: "ingress" | "egress" = "egress") => queryTc(ifindex, direction).map(({ id }) => id);

    describe.each(["ingress", "egress"] as const)("at %s", (direction) => {
      test("attaches, replaces and detaches, and the query follows", () => {
        using veth = ownVeth();
        const { first, second } = { first: object.program("first"), second: object.program("second") };
        const link = attachTc({ program: first, ifindex: veth.ifindex, direction, kind });
        expect(link).toMatchObject({ kind, direction, ifindex: veth.ifindex, programId: first.id });
        expect(queryTc(veth.ifindex, direction)).toEqual([{ id: first.id, name: "first", tag: first.tag, kind }]);
        link.replace(second);
        expect(link.programId).toBe(second.id);
        expect(ids(veth.ifindex, direction)).toEqual([second.id]);
        expect(ids(veth.ifindex, direction === "ingress" ? "egress" : "ingress")).toEqual([]);
        link.detach();
        expect(ids(veth.ifindex, direction)).toEqual([]);
        expect(() => link.replace(first)).toThrow("TcLink is closed");
      });
    });

    test("ends with the handle where there is no pin", () => {
      using veth = ownVeth();
      attachTc({ program: object.program("first"), ifindex: veth.ifindex, direction: "egress", kind }).close();
      expect(ids(veth.ifindex)).toEqual([]);
    });

    test("outlives its process by the pin, and the next process takes it over", () => {
      using bpffs = ownBpffs();
      using veth = ownVeth();
      sh(...child("attach_and_exit.ts", path, String(veth.ifindex), kind, bpffs.path));
      const [left] = queryTc(veth.ifindex, "egress");
      expect(left).toMatchObject({ name: "first", kind, tag: object.program("first").tag });
      const pinPath = join(bpffs.path, "link");
      const second = object.program("second");
      const link = attachTc({ program: second, ifindex: veth.ifindex, direction: "egress", kind, pinPath });
      expect(ids(veth.ifindex)).toEqual([second.id]);
      link.close();
      expect(ids(veth.ifindex)).toEqual([second.id]);
      expect(detachTc({ ifindex: veth.ifindex, direction: "egress", pinPath })).toBe(true);
      expect(ids(veth.ifindex)).toEqual([]);
      expect(existsSync(pinPath)).toBe(false);
      expect(detachTc({ ifindex: veth.ifindex, direction: "egress", pinPath })).toBe(false);
    });

    test("takes a pin over whose interface is gone", () => {
      using bpffs = ownBpffs();
      const pinPath = join(bpffs.path, "link");
      const program = object.program("first");
      {
        using veth = ownVeth();
        attachTc({ program, ifindex: veth.ifindex, direction: "egress", kind, pinPath }).close();
      }
      using veth = ownVeth();
      const link = attachTc({ program, ifindex: veth.ifindex, direction: "egress", kind, pinPath });
      expect(ids(veth.ifindex)).toEqual([program.id]);
      link.detach();
    });

    test("detaches from an interface that is gone", () => {
      const veth = ownVeth();
      const link = attachTc({ program: object.program("first"), ifindex: veth.ifindex, direction: "egress", kind });
      veth[Symbol.dispose]();
      expect(() => link.detach()).not.toThrow();
    });

    test("refuses an interface that is not there", () => {
      const program = object.program("first");
      expect(() => attachTc({ program, ifindex: 0x7fff_fff0, direction: "egress", kind })).toThrow("ENODEV");
      expect(() => attachTc({ program, ifindex: -1, direction: "egress", kind })).toThrow(RangeError);
    });

    test("replaces without a gap and without an overlap: every packet meets exactly one program", async () => {
      using veth = ownVeth();
      const to = neighbour(veth.name);
      const link = attachTc({ program: object.program("first"), ifindex: veth.ifindex, direction: "egress", kind });
      // Again where a busy machine let all packets of one go before the first replacement: that would hide a mistake.
      for (let [first, second] = [0n, 0n]; first === 0n || second === 0n; ) {
        const before = seen(object.map("seen"));
        const sender = Bun.spawn(child("send_udp.ts", to, "20000"), { stdout: "pipe" });
        let running = true;
        sender.exited.then(() => {
          running = false;
        });
        for (let round = 0; running; round++) {
          link.replace(object.program(round % 2 === 0 ? "second" : "first"));
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
        expect(await sender.exited).toBe(0);
        const after = seen(object.map("seen"));
        [first, second] = [after[0] - before[0], after[1] - before[1]];
        expect(first + second).toBe(20000n);
      }
      link.detach();
    });
  });
}

describeIf(noTcx)("queryTc", () => {
  test("lists TCX before clsact", () => {
    using veth = ownVeth();
    using object = BpfObject.open(compileBpf("attached"));
    object.load();
    const where = { ifindex: veth.ifindex, direction: "ingress" } as const;
    const clsact = attachTc({ ...where, program: object.program("first"), kind: "clsact" });
    const tcx = attachTc({ ...where, program: object.program("second") });
    expect(tcx.kind).toBe("tcx");
    expect(queryTc(veth.ifindex, "ingress").map(({ name, kind }) => [name, kind])).toEqual([
      ["second", "tcx"],
      ["first", "clsact"],
    ]);
    expect(detachTc(where)).toBe(true);
    expect(queryTc(veth.ifindex, "ingress").map(({ kind }) => kind)).toEqual(["tcx"]);
    tcx.detach();
    clsact.close();
  });
});
