// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { attachTc, tcxSupported } from "@strait/ffi";
import { ifIndex } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { inOwnNamespace } from "@strait/netlink/testing";
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

  test("an interface that is gone has none", () => {
    using netlink = new Netlink();
    expect(watcherAt(netlink, ifIndex(4242))).toBeUndefined();
  });
});
