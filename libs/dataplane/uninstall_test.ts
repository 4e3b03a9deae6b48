// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { attachTc, openHandles, openHandlesByKind, queryTc, tcxSupported } from "@strait/ffi";
import { ownBpffs, unfit } from "@strait/ffi/testing";
import { address, cidr, ROUTE_PROTOCOL } from "@strait/model";
import { Netlink, Nftables, RTPROT } from "@strait/netlink";
import { inOwnNamespace, ip } from "@strait/netlink/testing";
import type { AttachKind } from "./attachments.ts";
import { openDataplane } from "./open.ts";
import { workerDesired, workerFile } from "./testing/desired.ts";
import { addForeignFilter, foreignObject, ownLink, silent } from "./testing/ground.ts";
import { uninstallDataplane } from "./uninstall.ts";

const kinds: readonly AttachKind[] = unfit === undefined && tcxSupported() ? ["tcx", "clsact"] : ["clsact"];

inOwnNamespace(import.meta.path, () => {
  afterEach(() => expect(openHandles(), JSON.stringify(openHandlesByKind())).toBe(0));

  test.each(kinds)("uninstall leaves nothing of ours and everything of others (%s)", (attach) => {
    using bpffs = ownBpffs();
    using netlink = new Netlink();
    using nftables = Nftables.open();
    using foreign = foreignObject();
    const pinDir = `${bpffs.path}/strait`;
    const uplink = ownLink(netlink);
    const other = ownLink(netlink);
    for (const { ifindex } of [uplink, other]) netlink.ensureClsact(ifindex);
    addForeignFilter(uplink.name, "egress");
    foreign.first.pin(`${bpffs.path}/foreign`);
    const theirs = attachTc({ program: foreign.first, ifindex: uplink.ifindex, direction: "egress", kind: kinds[0] ?? "clsact" });
    ip("link add dummy0 type bridge");
    ip("link set dummy0 up");
    ip("route add 10.2.0.0/16 dev dummy0 metric 5");
    const look = () => ({
      links: netlink.links().map(({ name }) => name),
      // The kernel's own come when addresses have settled, which may be at any time.
      routes: netlink
        .routes()
        .filter(({ protocol }) => protocol !== RTPROT.KERNEL)
        .map(({ destination, priority, protocol }) => ({ destination, priority, protocol })),
      qdiscs: netlink.qdiscs(),
      filters: netlink.filters(uplink.ifindex, "egress"),
      programs: queryTc(uplink.ifindex, "egress").map(({ name }) => name),
      pins: readdirSync(bpffs.path),
      chains: nftables?.chains(),
    });
    const before = look();

    const file = workerFile(uplink.name);
    const dataplane = openDataplane({ pinDir, owner: "agent", attach, log: silent });
    const plan = workerDesired(dataplane.facts(file), dataplane.present());
    const report = dataplane.apply({ ...plan, keptSources: [cidr("10.1.0.0/16")] });
    dataplane.close();
    expect(report.failures).toEqual([]);
    expect(nftables?.chains().map(({ table }) => table)).toEqual(["strait"]);
    expect(netlink.routes({ protocol: ROUTE_PROTOCOL })).toHaveLength(1);
    expect(queryTc(uplink.ifindex, "ingress")).toMatchObject([{ kind: attach, name: "strait_from_wir" }]);
    expect(look()).not.toEqual(before);

    const { removed } = uninstallDataplane({ pinDir });
    expect(removed).toContain("device strait0");
    expect(look()).toEqual(before);
    expect(queryTc(uplink.ifindex, "ingress")).toEqual([]);
    expect(existsSync(pinDir)).toBe(false);
    expect(uninstallDataplane({ pinDir }).removed).toEqual([]);
    theirs.close();
    for (const name of [uplink.name, other.name, "dummy0"]) netlink.deleteLink(name);
    expect(netlink.getRoute(address("10.2.0.1"))).toBeUndefined();
  });

  test("uninstall leaves a filter that only has our handle and priority, known by the name of its program", () => {
    using netlink = new Netlink();
    using foreign = foreignObject();
    const { ifindex } = ownLink(netlink);
    // Not ours by its name, though it has our handle and priority.
    const theirs = attachTc({ program: foreign.first, ifindex, direction: "ingress", kind: "clsact", pinPath: "/nonexistent" });
    theirs.close();
    expect(uninstallDataplane({ pinDir: "/nonexistent" }).removed).toEqual([]);
    expect(queryTc(ifindex, "ingress")).toHaveLength(1);
  });

  test("uninstall on a node that never had us says that it removed nothing", () => {
    expect(uninstallDataplane({ pinDir: "/nonexistent/strait" })).toEqual({ removed: [] });
  });
});
