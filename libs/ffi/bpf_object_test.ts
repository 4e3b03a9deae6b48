// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeIf } from "@strait/testkit";
import { BpfMap } from "./bpf_map.ts";
import { BpfObject, type BpfObjectOptions } from "./bpf_object.ts";
import { openHandles, openHandlesByKind } from "./handle.ts";
import { KernelError } from "./kernel_error.ts";
import { compileBpf } from "./testing/compile.ts";
import { ownBpffs, toU64, u32Bytes, u64Bytes, unfit } from "./testing/place.ts";

describeIf(unfit)("BpfObject", () => {
  let probe = "";
  let bad = "";
  let handles = 0;
  const packet = new Uint8Array(60);

  beforeAll(() => {
    probe = compileBpf("probe");
    bad = compileBpf("bad");
    handles = openHandles();
  });
  afterAll(() => {
    expect(openHandles(), JSON.stringify(openHandlesByKind())).toBe(handles);
  });

  function loaded(options: BpfObjectOptions = {}): BpfObject {
    const object = BpfObject.open(probe, options);
    try {
      object.load();
      return object;
    } catch (error) {
      object.close();
      throw error;
    }
  }

  function configSeen(object: BpfObject): bigint[] {
    object.program("show_config").testRun({ data: packet });
    return object
      .map("config_seen")
      .entriesBatch()
      .map(([, value]) => toU64(value) ?? 0n);
  }

  test("names its programs and its declared maps", () => {
    using object = BpfObject.open(probe);
    expect(object.programNames.sort()).toEqual(["count", "event", "grow", "show_config"]);
    expect(object.mapNames.sort()).toEqual(["config_seen", "events", "per_cpu", "prefixes", "rows"]);
  });

  test("runs with the defaults of the source where no config is given", () => {
    using object = loaded();
    expect(configSeen(object).slice(0, 6)).toEqual([1n, BigInt.asUintN(64, -2n), 3n, 4n, 0n, 1n]);
  });

  test("runs with the config that was given, whatever the width", () => {
    const config = { tiny: 255, negative: -300, word: 0xffff_ffff, wide: 2n ** 64n - 1n, flag: true, colour: 2 };
    using object = loaded({ config });
    const wanted = [255n, BigInt.asUintN(64, -300n), 0xffff_ffffn, 2n ** 64n - 1n, 1n, 2n];
    expect(configSeen(object).slice(0, 6)).toEqual(wanted);
  });

  test("opens from bytes as from a path", () => {
    using object = BpfObject.open(new Uint8Array(readFileSync(probe)), { config: { word: 9 } });
    object.load();
    expect(configSeen(object)[2]).toBe(9n);
  });

  test.each<[string, BpfObjectOptions, string]>([
    ["a config name it lacks", { config: { nobody: 1 } }, "has no const volatile nobody"],
    ["a config value that does not fit", { config: { tiny: 256 } }, "tiny must be from 0 to 255"],
    ["a config name that is no integer", { config: { structure: 1 } }, "is no integer"],
    ["a map it lacks in maxEntries", { maxEntries: { nobody: 1 } }, "has no map nobody"],
    ["a map it lacks in unpinned", { unpinned: ["nobody"] }, "has no map nobody"],
    ["a program it lacks", { programs: ["nobody"] }, "has no program nobody"],
    ["maxEntries below zero", { maxEntries: { rows: -1 } }, "maxEntries of rows"],
  ])("refuses %s", (_, options, message) => {
    expect(() => BpfObject.open(probe, options)).toThrow(message);
  });

  test("refuses bytes that are no object file", () => {
    expect(() => BpfObject.open(new Uint8Array(100))).toThrow(KernelError);
    expect(() => BpfObject.open(new Uint8Array(0))).toThrow(TypeError);
  });

  test("takes maxEntries", () => {
    using object = loaded({ maxEntries: { rows: 4000 } });
    expect(object.map("rows").info()).toMatchObject({ name: "rows", maxEntries: 4000, keySize: 4, valueSize: 8 });
  });

  test("loads only the programs it is told to", () => {
    using object = loaded({ programs: ["count"] });
    expect(object.program("count").info().name).toBe("count");
    expect(() => object.program("event").info()).toThrow();
  });

  test("keeps the whole verifier log when the kernel refuses a program", () => {
    using object = BpfObject.open(bad);
    const error = refusal(() => object.load());
    expect(error).toMatchObject({ verb: "load", errnoName: "EACCES" });
    expect(error.object).toContain("program bad");
    const log = error.log ?? "";
    // libbpf's own buffer starts at 64 KiB: a log beyond it shows that nothing was cut.
    expect(log.length).toBeGreaterThan(100_000);
    expect(log).toContain("0: R1=ctx");
    expect(log).toContain("invalid access to packet");
    expect(log).toMatch(/processed \d+ insns/);
  });

  test("has no programs and maps before the load", () => {
    using object = BpfObject.open(probe);
    expect(() => object.program("count")).toThrow("is not loaded");
    expect(() => object.map("rows")).toThrow("is not loaded");
  });

  test("throws on use after close, and so do its parts", () => {
    const object = loaded();
    const [map, program] = [object.map("rows"), object.program("count")];
    object.close();
    expect(() => object.map("rows")).toThrow("BpfObject is closed");
    expect(() => map.lookup(u32Bytes(1))).toThrow("BpfMap is closed");
    expect(() => program.testRun({ data: packet })).toThrow("BpfProgram is closed");
  });

  test("loads once", () => {
    using object = loaded();
    expect(() => object.load()).toThrow("is loaded already");
  });

  test("uses a map that was handed in, if it has the same shape", () => {
    using first = loaded();
    first.map("rows").update(u32Bytes(1), u64Bytes(11n));
    using second = loaded({ reuse: { rows: first.map("rows") } });
    expect(second.map("rows").info().id).toBe(first.map("rows").info().id);
    expect(() => BpfObject.open(probe, { reuse: { rows: first.map("config_seen") } })).toThrow("its shape differs");
  });

  test("pins its maps and finds them again", () => {
    using bpffs = ownBpffs();
    const pinDir = join(bpffs.path, "strait", "v1");
    {
      using object = loaded({ pinDir, unpinned: ["events"] });
      object.map("rows").update(u32Bytes(7), u64Bytes(77n));
    }
    expect(readdirSync(pinDir).sort()).toEqual(["config_seen", "per_cpu", "prefixes", "rows"]);
    using again = loaded({ pinDir, unpinned: ["events"] });
    expect(toU64(again.map("rows").lookup(u32Bytes(7)))).toBe(77n);
    using pinned = BpfMap.openPinned(join(pinDir, "rows"));
    expect(pinned.info().id).toBe(again.map("rows").info().id);
  });

  test("refuses a pinned map of another shape and names it", () => {
    using bpffs = ownBpffs();
    loaded({ pinDir: bpffs.path }).close();
    const error = refusal(() => loaded({ pinDir: bpffs.path, maxEntries: { rows: 99 } }));
    expect(error.message).toContain("rows is a map of another shape");
  });

  test("refuses a pin directory that is not on a bpffs", () => {
    const error = refusal(() => loaded({ pinDir: `${probe}.pins` }));
    expect(error.message).toContain("that is no bpffs");
    expect(existsSync(`${probe}.pins`)).toBe(false);
  });
});

function refusal(act: () => void): KernelError {
  try {
    act();
  } catch (error) {
    if (error instanceof KernelError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
