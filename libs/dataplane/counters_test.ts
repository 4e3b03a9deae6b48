// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { encodeStruct, encodeU32, layouts, type ReasonName, reasonNames } from "@strait/codec";
import { possibleCpus } from "@strait/ffi";
import { inOwnNamespace } from "@strait/netlink/testing";
import { readCounters } from "./counters.ts";
import { type Ground, ownGround } from "./testing/ground.ts";

test("readCounters refuses to work where a map is missing", () => {
  expect(() => readCounters(new Map())).toThrow("map strait_counters is missing");
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
      .get("strait_counters")
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
});
