// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { renameSync } from "node:fs";
import { openHandles, openHandlesByKind } from "@strait/ffi";
import { ownBpffs } from "@strait/ffi/testing";
import { type Owner, STRAIT_DEVICE } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { inOwnNamespace } from "@strait/netlink/testing";
import { Ground } from "./ground.ts";
import { noChanges } from "./map_sync.ts";
import { DEFAULT_OBJECT } from "./open.ts";
import { Pins } from "./pins.ts";
import { programNames } from "./programs.ts";
import { SetupError } from "./setup_error.ts";
import { silent } from "./testing/ground.ts";

/** A node on which nothing was laid yet. */
function node() {
  const bpffs = ownBpffs();
  const netlink = new Netlink();
  const pinDir = `${bpffs.path}/strait`;
  const pins = new Pins(pinDir);
  const common = { netlink, pinDir, pins, objectPath: DEFAULT_OBJECT, version: undefined, log: silent };
  return {
    netlink,
    pinDir,
    pins,
    lay: (owner: Owner = "agent") => new Ground({ ...common, owner }),
    [Symbol.dispose]() {
      netlink.deleteLink(STRAIT_DEVICE);
      netlink.close();
      bpffs[Symbol.dispose]();
    },
  };
}

inOwnNamespace(import.meta.path, () => {
  afterEach(() => expect(openHandles(), JSON.stringify(openHandlesByKind())).toBe(0));

  test("the ground is laid once, tells once what that wrote, and is found by whoever comes next", () => {
    using place = node();
    const first = place.lay();
    expect(first.writes()).toEqual({ links: 1, programs: programNames.length });
    expect(first.writes()).toEqual({});
    first.hold();
    expect(first.writes()).toEqual({});
    for (const owner of ["agent", "gateway"] as const) {
      const next = place.lay(owner);
      expect(next.writes()).toEqual({});
      expect(next.device).toBe(first.device);
      next.close();
    }
    first.close();
  });

  test("the ground is laid anew where its device is gone, and the programs of the old one are dropped when it is asked to", () => {
    using place = node();
    const ground = place.lay();
    const { device } = ground;
    ground.writes();
    place.netlink.deleteLink(STRAIT_DEVICE);
    ground.hold();
    expect(ground.device).not.toBe(device);
    expect(ground.writes()).toEqual({ links: 1, programs: programNames.length });
    expect(place.pins.listPrograms()).toHaveLength(2);
    const changes = noChanges();
    ground.dropPrograms(changes);
    expect(changes).toEqual({ writes: {}, removes: { programs: 1 }, failures: [] });
    expect(place.pins.listPrograms().map((name) => name.endsWith(`-${ground.device}`))).toEqual([true]);
    ground.close();
  });

  test("the ground that cannot be laid anew stays as it was", () => {
    using place = node();
    const ground = place.lay();
    const { device, rows } = ground;
    // As if a later version had taken the place of ours.
    renameSync(place.pins.dir, `${place.pinDir}/v99`);
    expect(() => ground.hold()).toThrow(SetupError);
    expect(ground.device).toBe(device);
    expect(ground.rows).toBe(rows);
    expect(rows.read().hops.size).toBe(0);
    ground.close();
  });
});
