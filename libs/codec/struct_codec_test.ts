// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { address, addressToBytes } from "@strait/model";
import { Random } from "@strait/model/testing";
import { decodeCount, decodeTraffic } from "./counters.ts";
import { enums, layouts } from "./layouts.gen.ts";
import { isDrop, nameOf, reasonNames } from "./names.ts";
import { decodeStruct, encodeStruct, type Layout } from "./struct_codec.ts";
import { decodeTraceEvent, encodeControl } from "./trace_event.ts";

describe("A struct", () => {
  test.each(Object.keys(layouts) as (keyof typeof layouts)[])(
    "%s: random values survive its bytes, its fields fit in it and do not overlap",
    (name) => {
      const layout: Layout = layouts[name];
      const random = new Random(1);
      const used = new Set<number>();
      for (const field of Object.values(layout.fields)) {
        const size = field.kind === "bytes" ? field.length : Number(field.kind.slice(1)) / 8;
        for (let at = field.offset; at < field.offset + size; at++) {
          expect(at < layout.size && !used.has(at)).toBe(true);
          used.add(at);
        }
      }
      for (let i = 0; i < 100; i++) {
        const bytes = Uint8Array.from({ length: layout.size }, () => random.below(256));
        expect(encodeStruct(layout, decodeStruct(layout, bytes)).toHex()).toBe(bytes.toHex());
      }
    },
  );

  test("has zeros where nothing is given", () => {
    expect(encodeStruct(layouts.strait_subnet, { index: 1 }).toHex()).toBe("0000000001000000");
  });

  test("refuses what does not fit", () => {
    expect(() => encodeStruct(layouts.strait_hop, { port: 65536 })).toThrow("port: 65536 does not fit u16");
    expect(() => encodeStruct(layouts.strait_hop, { vni: -1 })).toThrow(RangeError);
    expect(() => encodeStruct(layouts.strait_hop, { vni: 1.5 })).toThrow(RangeError);
    expect(() => encodeStruct(layouts.strait_hop, { local_mac: new Uint8Array(7) })).toThrow("7 bytes do not fit 6");
    expect(() => decodeStruct(layouts.strait_hop, new Uint8Array(79))).toThrow(RangeError);
  });

  test("is read from the middle of a buffer", () => {
    const buffer = Uint8Array.of(9, 9, 1, 0, 0, 0, 7, 0, 0, 0, 9);
    expect(decodeStruct(layouts.strait_subnet, buffer.subarray(2))).toEqual({ kind: 1, index: 7 });
  });
});

describe("Names", () => {
  test("of reasons stand at their number", () => {
    expect(reasonNames[enums.strait_reason.drop_unknown_peer]).toBe("drop_unknown_peer");
    expect(reasonNames).toHaveLength(enums.strait_reason.reason_max);
    expect(reasonNames.filter(isDrop).every((name) => name.startsWith("drop_"))).toBe(true);
    expect(isDrop("sent")).toBe(false);
  });

  test("of numbers that no enum has are undefined", () => {
    expect(nameOf(enums.strait_role, 2)).toBe("cable");
    expect(nameOf(enums.strait_role, 9)).toBeUndefined();
  });
});

describe("Counters", () => {
  test("add up over the CPUs, beyond 32 and 53 bits", () => {
    const cpu = (packets: bigint, bytes: bigint) => encodeStruct(layouts.strait_count, { packets, bytes });
    expect(decodeCount([cpu(1n, 2n ** 60n), cpu(2n ** 33n, 1n)])).toEqual({ packets: 2n ** 33n + 1n, bytes: 2n ** 60n + 1n });
    const hop = encodeStruct(layouts.strait_traffic, { tx_packets: 1n, tx_bytes: 2n, rx_packets: 3n, rx_bytes: 4n });
    expect(decodeTraffic([hop, hop])).toEqual({ tx: { packets: 2n, bytes: 4n }, rx: { packets: 6n, bytes: 8n } });
    expect(decodeCount([])).toEqual({ packets: 0n, bytes: 0n });
  });
});

describe("A trace record", () => {
  const record = { time: 5n, reason: enums.strait_reason.sent, hook: enums.strait_hook.pod, ifindex: 3, length: 100 };

  test("names its reason and hook and has addresses where they were parsed", () => {
    const src = addressToBytes(address("10.1.0.5"));
    expect(decodeTraceEvent(encodeStruct(layouts.strait_event, { ...record, src, sport: 80, protocol: 6 }))).toEqual({
      ok: true,
      value: {
        time: 5n,
        reason: "sent",
        hook: "pod",
        ifindex: 3,
        length: 100,
        src: address("10.1.0.5"),
        sport: 80,
        dport: 0,
        protocol: 6,
      },
    });
  });

  test("is refused where it is cut off or names what is not known", () => {
    expect(decodeTraceEvent(new Uint8Array(63)).ok).toBe(false);
    expect(decodeTraceEvent(encodeStruct(layouts.strait_event, { ...record, reason: 999 })).ok).toBe(false);
    expect(decodeTraceEvent(encodeStruct(layouts.strait_event, { ...record, hook: 0 })).ok).toBe(false);
  });

  test("is switched by the one row of strait_control", () => {
    expect(encodeControl({ trace: true }).toHex()).toBe("01000000");
  });
});
