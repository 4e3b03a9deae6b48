// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { attachTc, queryTc, tcxSupported } from "@strait/ffi";
import { ifIndex, STRAIT_DEVICE } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { inOwnNamespace } from "@strait/netlink/testing";
import { DEFAULT_OBJECT } from "./open.ts";
import { Pins } from "./pins.ts";
import { podProgramIds } from "./pod_program_ids.ts";
import { ensurePrograms, releasePrograms } from "./programs.ts";
import { addForeignFilter, foreignObject, ownGround, ownLink } from "./testing/ground.ts";
import { watcherAt } from "./watchers.ts";

inOwnNamespace(import.meta.path, () => {
  test.each(["ingress", "egress"] as const)("somebody else's filter or program at %s is seen, and ours is not", (direction) => {
    using netlink = new Netlink();
    using ground = ownGround();
    const link = ownLink(netlink);
    expect(watcherAt(netlink, link.ifindex)).toBeUndefined();
    const program = ground.loaded.programs.get("strait_from_pod");
    if (!program) throw new Error("strait_from_pod is not loaded");
    for (const kind of tcxSupported() ? (["tcx", "clsact"] as const) : (["clsact"] as const)) {
      const ours = attachTc({ program, ifindex: link.ifindex, direction: "ingress", kind });
      expect(watcherAt(netlink, link.ifindex)).toBeUndefined();
      ours.detach();
    }
    addForeignFilter(link.name, direction);
    expect(watcherAt(netlink, link.ifindex)).toMatch(new RegExp(`^tc filter \\w+ of priority \\d+ at ${direction}$`));
    netlink.deleteClsact(link.ifindex);
    if (tcxSupported()) {
      using foreign = foreignObject();
      const theirs = attachTc({ program: foreign.first, ifindex: link.ifindex, direction, kind: "tcx" });
      expect(watcherAt(netlink, link.ifindex)).toBe(`tc program first at ${direction}`);
      theirs.detach();
    }
    expect(watcherAt(netlink, link.ifindex)).toBeUndefined();
    netlink.deleteLink(link.ifindex);
  });

  test("where the kernel tells no names, ours are known by what is pinned, of earlier versions too", () => {
    if (!tcxSupported()) return;
    using netlink = new Netlink();
    using ground = ownGround();
    using foreign = foreignObject();
    const link = ownLink(netlink);
    const nameless = { query: (...of: Parameters<typeof queryTc>) => queryTc(...of).map((each) => ({ ...each, name: "" })) };
    const sight = { ...nameless, ours: () => podProgramIds(ground.pinDir) };
    const program = ground.loaded.programs.get("strait_from_pod");
    if (!program) throw new Error("strait_from_pod is not loaded");
    const ours = attachTc({ program, ifindex: link.ifindex, direction: "ingress", kind: "tcx" });
    expect(watcherAt(netlink, link.ifindex, sight)).toBeUndefined();
    expect(watcherAt(netlink, link.ifindex, nameless)).toBe(`tc program ${program.id} at ingress`);
    for (const direction of ["ingress", "egress"] as const) {
      const theirs = attachTc({ program: foreign.first, ifindex: link.ifindex, direction, kind: "tcx" });
      expect(watcherAt(netlink, link.ifindex, sight)).toBe(`tc program ${foreign.first.id} at ${direction}`);
      theirs.detach();
    }
    const config = { can_pop_mixed: false };
    const device = netlink.linkByName(STRAIT_DEVICE)?.ifindex ?? link.ifindex;
    const next = ensurePrograms(new Pins(ground.pinDir, "v7"), { objectPath: DEFAULT_OBJECT, config, device });
    expect(podProgramIds(ground.pinDir)).toEqual(new Set([program.id, next.programs.get("strait_from_pod")?.id ?? 0]));
    expect(watcherAt(netlink, link.ifindex, sight)).toBeUndefined();
    releasePrograms(next);
    ours.detach();
    netlink.deleteLink(link.ifindex);
  });

  test("an interface that is gone has none", () => {
    using netlink = new Netlink();
    expect(watcherAt(netlink, ifIndex(4242))).toBeUndefined();
  });
});
