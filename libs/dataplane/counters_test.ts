// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { dirname, join } from "node:path";
import { encodeStruct, encodeU32, layouts, type ReasonName, reasonNames } from "@strait/codec";
import { BpfMap, BpfObject, possibleCpus } from "@strait/ffi";
import { STRAIT_DEVICE } from "@strait/model";
import { inOwnNamespace } from "@strait/netlink/testing";
import { readCounters } from "./counters.ts";
import { DEFAULT_OBJECT } from "./open.ts";
import { Pins, removePins } from "./pins.ts";
import { ensurePrograms, releasePrograms } from "./programs.ts";
import { type Ground, ownGround } from "./testing/ground.ts";

test("readCounters refuses to work where a map is missing", () => {
  expect(() => readCounters(new Map())).toThrow("map strait_reasons is missing");
});

inOwnNamespace(import.meta.path, () => {
  let ground: Ground;
  beforeAll(() => {
    ground = ownGround();
  });
  afterAll(() => ground[Symbol.dispose]());

  test("every reason has a count, of all CPUs together; programs that run make it grow", () => {
    const count = (of: ReasonName) => readCounters(ground.loaded.maps).reasons.find(({ reason }) => reason === of);
    expect(readCounters(ground.loaded.maps).reasons.map(({ reason }) => reason)).toEqual([...reasonNames]);
    expect(count("pass_not_ip")).toEqual({ reason: "pass_not_ip", packets: 0n, bytes: 0n });
    const arp = new Uint8Array(60);
    arp.set([0x08, 0x06], 12);
    ground.loaded.programs.get("strait_from_pod")?.testRun({ data: arp, repeat: 3 });
    expect(count("pass_not_ip")).toEqual({ reason: "pass_not_ip", packets: 3n, bytes: 180n });
    // An update puts the value on every CPU.
    ground.loaded.maps
      .get("strait_reasons")
      ?.update(encodeU32(1), encodeStruct(layouts.strait_count, { packets: 5n, bytes: 7n }));
    const cpus = BigInt(possibleCpus());
    expect(count("pass_not_ip")).toEqual({ reason: "pass_not_ip", packets: 5n * cpus, bytes: 7n * cpus });
  });

  test("traffic is told by hop, without the hops that had none", () => {
    expect(readCounters(ground.loaded.maps).traffic).toEqual(new Map());
    const value = encodeStruct(layouts.strait_traffic, { tx_packets: 1n, tx_bytes: 2n, rx_packets: 0n, rx_bytes: 0n });
    ground.loaded.maps.get("strait_traffic")?.update(encodeU32(8191), value);
    const cpus = BigInt(possibleCpus());
    expect(readCounters(ground.loaded.maps).traffic).toEqual(
      new Map([[8191, { txPackets: cpus, txBytes: 2n * cpus, rxPackets: 0n, rxBytes: 0n }]]),
    );
  });

  test("what an earlier version counted goes on counting, and its map stays for it to come back to", () => {
    const dir = mkdtempSync(join(dirname(ground.pinDir), "earlier"));
    const pins = new Pins(dir);
    pins.make();
    const value = (packets: bigint) => encodeStruct(layouts.strait_count, { packets, bytes: 2n * packets });
    using object = BpfObject.open(DEFAULT_OBJECT, { maxEntries: { strait_reasons: 27 } });
    object.load();
    const theirs = object.map("strait_reasons");
    theirs.pin(pins.map("strait_counters"));
    theirs.updatePerCpu(
      encodeU32(26),
      Array.from({ length: possibleCpus() }, (_, cpu) => value(BigInt(cpu + 1))),
    );
    const cpus = BigInt(possibleCpus());
    const packets = (cpus * (cpus + 1n)) / 2n;
    const device = ground.netlink.linkByName(STRAIT_DEVICE)?.ifindex;
    if (device === undefined) throw new TypeError("no device");
    for (const config of [{ can_pop_mixed: true }, { can_pop_mixed: false }]) {
      const loaded = ensurePrograms(pins, { objectPath: DEFAULT_OBJECT, config, device });
      const counted = readCounters(loaded.maps).reasons.find(({ reason }) => reason === "drop_too_big");
      // The second time it is our own map that is found.
      expect(counted).toEqual({ reason: "drop_too_big", packets, bytes: 2n * packets });
      expect(readCounters(loaded.maps).reasons).toHaveLength(reasonNames.length);
      releasePrograms(loaded);
    }
    using kept = BpfMap.openPinned(pins.map("strait_counters"));
    expect(kept.info().maxEntries).toBe(27);
    removePins(dir);
  });
});
