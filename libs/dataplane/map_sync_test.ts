// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  addRow,
  address,
  cidr,
  emptyRows,
  ifIndex,
  keyOf,
  type MutableRows,
  mac,
  mapNames,
  type PodRow,
  type Rows,
} from "@strait/model";
import { inOwnNamespace } from "@strait/netlink/testing";
import { attempt, noChanges, RowMaps } from "./map_sync.ts";
import { changesBetween, workerRows } from "./testing/desired.ts";
import { type Ground, ownGround } from "./testing/ground.ts";

test("attempt counts what was done, keeps a reason for what was not, and counts nothing where nothing was to do", () => {
  const changes = noChanges();
  attempt(changes, "writes", "links", "link a", () => 2);
  attempt(changes, "writes", "links", "link b", () => undefined);
  attempt(changes, "removes", "links", "link c", () => 0);
  attempt(changes, "writes", "links", "link d", () => {
    throw new Error("the kernel says no");
  });
  expect(changes).toEqual({ writes: { links: 3 }, removes: {}, failures: [{ object: "link d", reason: "the kernel says no" }] });
});

test("RowMaps refuses to work where a map is missing", () => {
  expect(() => new RowMaps(new Map())).toThrow("map strait_hops is missing");
});

inOwnNamespace(import.meta.path, () => {
  let ground: Ground;
  let maps: RowMaps;
  beforeAll(() => {
    ground = ownGround();
    maps = new RowMaps(ground.loaded.maps);
  });
  afterAll(() => ground[Symbol.dispose]());

  const sync = (desired: Rows) => {
    const changes = noChanges();
    const rowChanges = changesBetween(desired, maps.read());
    maps.write(rowChanges, changes);
    maps.remove(rowChanges, changes);
    return changes;
  };
  const all = (): MutableRows => {
    const rows = emptyRows();
    const from = workerRows(ifIndex(7));
    for (const name of mapNames) for (const row of from[name].values()) addRow(rows, name, row);
    return rows;
  };
  const pod = (text: string): PodRow => ({ address: address(text), ifindex: ifIndex(8), hostMac: mac("02:00:00:00:00:08") });

  test("rows come back as they were written; what is there is not written again", () => {
    const rows = all();
    addRow(rows, "pods", { ...pod("10.1.1.8"), mac: mac("02:00:00:00:00:aa") });
    addRow(rows, "pods", pod("fd01:0:0:1::8"));
    addRow(rows, "sources", { ifindex: ifIndex(8), prefix: cidr("10.1.1.8/32") });
    expect(sync(rows)).toEqual({
      writes: { hops: 1, clusters: 1, slots: 256, peers: 1, pods: 2, sources: 1, subnets: 1 },
      removes: {},
      failures: [],
    });
    expect(maps.read()).toEqual(rows);
    expect(sync(rows)).toEqual({ writes: {}, removes: {}, failures: [] });
  });

  test("only what differs is written and removed, rows of arrays too", () => {
    const rows = all();
    addRow(rows, "slots", { cluster: 1, slot: 3, hop: 9 });
    const hop = rows.hops.get("1");
    if (hop) addRow(rows, "hops", { ...hop, vni: 101 });
    expect(sync(rows)).toEqual({ writes: { slots: 1, hops: 1 }, removes: { pods: 2, sources: 1 }, failures: [] });
    expect(maps.read()).toEqual(rows);
    rows.clusters.delete("1");
    expect(sync(rows)).toEqual({ writes: {}, removes: { clusters: 1 }, failures: [] });
    expect(maps.read().clusters.size).toBe(0);
  });

  test("one bad row is a failure that names it and keeps no other from being written", () => {
    const rows = all();
    addRow(rows, "slots", { cluster: 1, slot: 256, hop: 1 });
    addRow(rows, "slots", { cluster: 9999, slot: 0, hop: 1 });
    addRow(rows, "subnets", { prefix: cidr("10.3.0.0/16"), kind: "remote", cluster: 1 });
    const changes = sync(rows);
    expect(changes.failures).toEqual([
      { object: "slots 1/256", reason: "slot 256 is out of range: 0 to 255" },
      { object: "slots 9999/0", reason: expect.stringContaining("E2BIG") },
    ]);
    expect(maps.read().subnets.has(keyOf("subnets", { prefix: cidr("10.3.0.0/16"), kind: "remote", cluster: 1 }))).toBe(true);
  });

  test("a map that takes no more rows is told with its size, and not row by row", () => {
    const rows = all();
    for (let cluster = 300; cluster < 800; cluster++) addRow(rows, "slots", { cluster, slot: 0, hop: 1 });
    const { failures } = sync(rows);
    expect(failures).toHaveLength(65);
    expect(failures.at(-1)?.object).toBe("map slots");
    expect(failures.at(-1)?.reason).toMatch(
      /^64 rows after each other .*, 436 more were not tried: the map holds 65792 rows at most$/,
    );
  });

  test("nothing is left when nothing is wanted", () => {
    sync(emptyRows());
    expect(maps.read()).toEqual(emptyRows());
  });
});
