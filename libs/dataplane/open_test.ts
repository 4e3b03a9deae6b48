// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { appendFileSync, copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { reasonNames } from "@strait/codec";
import { openHandles, openHandlesByKind, queryTc, tcxSupported } from "@strait/ffi";
import { ownBpffs, unfit } from "@strait/ffi/testing";
import { cidr, formatAddress, type Owner, type Plan, STRAIT_DEVICE } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { inOwnNamespace, ip } from "@strait/netlink/testing";
import type { AttachKind } from "./attachments.ts";
import type { ApplyReport, Dataplane } from "./dataplane.ts";
import { DEFAULT_OBJECT, openDataplane } from "./open.ts";
import { Pins } from "./pins.ts";
import { programNames } from "./programs.ts";
import { SetupError } from "./setup_error.ts";
import { workerDesired, workerFile } from "./testing/desired.ts";
import { type OwnLink, ownLink, silent } from "./testing/ground.ts";
import { uninstallDataplane } from "./uninstall.ts";

const kinds: readonly AttachKind[] = unfit === undefined && tcxSupported() ? ["tcx", "clsact"] : ["clsact"];
const nothing = { writes: {}, removes: {}, failures: [] };

interface Place extends Disposable {
  readonly netlink: Netlink;
  readonly pinDir: string;
  readonly pins: Pins;
  readonly uplink: OwnLink;
  open(owner?: Owner, objectPath?: string): Dataplane;
  /** `more` takes the place of members of the plan. */
  pass(dataplane: Dataplane, more?: Partial<Plan>): ApplyReport;
  /** Addresses of the node as the dataplane knows them. */
  hosts(dataplane: Dataplane): string[];
  /** Ids of the programs at the uplink and on both ways of our device. */
  attached(): number[];
}

function place(attach: AttachKind): Place {
  const bpffs = ownBpffs();
  const netlink = new Netlink();
  const uplink = ownLink(netlink);
  const file = workerFile(uplink.name);
  const pinDir = `${bpffs.path}/strait`;
  return {
    netlink,
    pinDir,
    pins: new Pins(pinDir),
    uplink,
    open: (owner = "agent", objectPath = DEFAULT_OBJECT) => openDataplane({ pinDir, owner, objectPath, attach, log: silent }),
    pass(dataplane, more = {}) {
      const facts = dataplane.facts(file);
      return dataplane.apply({ ...workerDesired(facts, dataplane.present()), ...more });
    },
    hosts: (dataplane) => dataplane.facts(file).hostAddresses.map(formatAddress),
    attached() {
      const device = netlink.linkByName(STRAIT_DEVICE)?.ifindex ?? 0;
      const ids = (ifindex: number, way: "ingress" | "egress") => queryTc(ifindex, way).map(({ id }) => id);
      return [...ids(uplink.ifindex, "ingress"), ...ids(device, "ingress"), ...ids(device, "egress")];
    },
    [Symbol.dispose]() {
      netlink.deleteLink(STRAIT_DEVICE);
      netlink.deleteLink(uplink.ifindex);
      netlink.close();
      bpffs[Symbol.dispose]();
    },
  };
}

/** The same programs in a file of another hash. */
function nextObject(): Disposable & { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "st-next-"));
  const from = dirname(DEFAULT_OBJECT);
  for (const name of ["encap.o", "probe.o"]) copyFileSync(join(from, name), join(folder, name));
  const path = join(folder, "encap.o");
  appendFileSync(path, "next"); // behind the last section
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

inOwnNamespace(import.meta.path, () => {
  afterEach(() => expect(openHandles(), JSON.stringify(openHandlesByKind())).toBe(0));

  test.each(kinds)("a second start writes nothing, in whatever order the apps come (%s)", (attach) => {
    for (const owners of [
      ["agent", "gateway"],
      ["gateway", "agent"],
    ] as const) {
      using node = place(attach);
      const apps = owners.map((owner) => node.open(owner));
      const first = apps.map((app) => node.pass(app));
      expect(first.map(({ failures }) => failures)).toEqual([[], []]);
      expect(first[0]?.writes).toMatchObject({ programs: 4, slots: 256, routes: 1, attachments: 3 });
      const before = node.attached();
      for (const app of apps) app.close();
      for (const owner of owners.toReversed()) {
        const again = node.open(owner);
        expect(node.pass(again)).toEqual(nothing);
        again.close();
      }
      expect(node.attached()).toEqual(before);
    }
  });

  test.each(kinds)("other programs take the place of the old ones, which leave no pin (%s)", (attach) => {
    using node = place(attach);
    const old = node.open();
    node.pass(old);
    old.close();
    const before = node.attached();
    using next = nextObject();
    const upgraded = node.open("agent", next.path);
    expect(node.pins.listPrograms()).toHaveLength(2);
    const report = node.pass(upgraded);
    expect(report).toEqual({ writes: { programs: 4, attachments: 3 }, removes: { programs: 1 }, failures: [] });
    expect(node.attached()).toHaveLength(3);
    expect(node.attached().some((id) => before.includes(id))).toBe(false);
    expect(node.pins.listPrograms()).toHaveLength(1);
    expect(node.pass(upgraded)).toEqual(nothing);
    upgraded.close();
  });

  test.each(kinds)(
    "a node with maps of a later layout is refused untouched, and can be had once it is cleared (%s)",
    (attach) => {
      using node = place(attach);
      const options = { pinDir: node.pinDir, attach, version: "0.3.0-rc.1", log: silent };
      const later = openDataplane({ ...options, owner: "agent" });
      node.pass(later);
      const known = node.attached();
      // As if it had been a version with another layout. What runs is not in its way: it holds what it needs.
      renameSync(node.pins.dir, `${node.pinDir}/v2`);
      const look = () => ({
        pins: (readdirSync(node.pinDir, { recursive: true }) as string[]).sort(),
        links: node.netlink.links().map(({ name, ifindex }) => [name, ifindex]),
        routes: node.netlink.routes().length,
        programs: node.attached(),
      });
      const before = look();
      expect(before.programs).toEqual(known);
      for (const owner of ["agent", "gateway"] as const) {
        const open = () => openDataplane({ ...options, owner });
        expect(open).toThrow(SetupError);
        expect(open).toThrow(`${node.pinDir}/v2 holds maps of layout v2, pinned by Strait 0.3.0-rc.1, and this version knows`);
      }
      // One that runs, and finds that its ground is gone, does not lay it anew beside them either.
      later.doubt();
      expect(() => node.pass(later)).toThrow(SetupError);
      expect(look()).toEqual(before);
      later.close();

      expect(uninstallDataplane({ pinDir: node.pinDir }).removed).toContain("device strait0");
      expect(queryTc(node.uplink.ifindex, "ingress")).toEqual([]);
      const again = node.open();
      expect(node.pass(again).failures).toEqual([]);
      expect(node.attached()).toHaveLength(3);
      again.close();
    },
  );

  test("the gateway makes the maps that the agent's version does not know, and the agent then finds them", () => {
    using node = place(kinds[0] ?? "clsact");
    const agent = node.open();
    node.pass(agent);
    agent.close();
    const programs = node.pins.listPrograms();
    rmSync(node.pins.map("strait_reasons"));
    const gateway = node.open("gateway");
    expect(gateway.counters().reasons).toHaveLength(reasonNames.length);
    expect(node.pins.listPrograms()).toEqual(programs);
    const { ino } = statSync(node.pins.map("strait_reasons"));
    using next = nextObject();
    const upgraded = node.open("agent", next.path);
    expect(node.pass(upgraded).failures).toEqual([]);
    expect(statSync(node.pins.map("strait_reasons")).ino).toBe(ino);
    gateway.close();
    upgraded.close();
  });

  test("the gateway takes over the programs the agent loaded, older or newer, and does not put its own back", () => {
    using node = place(kinds[0] ?? "clsact");
    using next = nextObject();
    const gateway = node.open("gateway");
    node.pass(gateway);
    const agent = node.open("agent", next.path);
    node.pass(agent);
    const now = node.attached();
    expect(node.pass(gateway)).toEqual(nothing);
    expect(node.pass(agent)).toEqual(nothing);
    expect(node.attached()).toEqual(now);
    gateway.close();
    const later = node.open("gateway");
    expect(node.pass(later)).toEqual(nothing);
    later.close();
    agent.close();
  });

  test.each(kinds)("a device deleted by hand comes back, with programs that know it, routes and attachments (%s)", (attach) => {
    using node = place(attach);
    const [agent, gateway] = [node.open(), node.open("gateway")];
    node.pass(agent);
    node.pass(gateway);
    const index = node.netlink.linkByName(STRAIT_DEVICE)?.ifindex;
    node.netlink.deleteLink(STRAIT_DEVICE);
    const report = node.pass(agent);
    expect(report.failures).toEqual([]);
    expect(report.writes).toMatchObject({ programs: 4, routes: 1, attachments: 3 });
    const now = node.netlink.linkByName(STRAIT_DEVICE)?.ifindex;
    expect(now).not.toBe(index);
    expect(node.attached()).toHaveLength(3);
    expect(node.pins.listPrograms().every((name) => name.endsWith(`-${now}`))).toBe(true);
    if (attach === "tcx") {
      const pinned = node.pins.listLinks().map(({ ifindex }) => ifindex);
      expect(pinned.sort()).toEqual([node.uplink.ifindex, now, now].sort() as typeof pinned);
    }
    expect(node.pass(gateway)).toEqual(nothing);
    expect(node.pass(agent)).toEqual(nothing);
    agent.close();
    gateway.close();
  });

  test("a route that the app takes away costs no look at everything; one that somebody else takes away does", async () => {
    using node = place(kinds[0] ?? "clsact");
    const agent = node.open();
    const ended = new AbortController();
    const listening = (async () => {
      for await (const _ of agent.changes(ended.signal));
    })();
    const until = async (holds: () => boolean) => {
      while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    // Making the device is told in steps, the first of which look like harm.
    await until(() => {
      node.pass(agent);
      return agent.sure;
    });
    /** What happened before was heard of once this was: the kernel tells in order. */
    const heard = async (address: string) => {
      ip(`address add ${address}/32 dev lo`);
      await until(() => node.hosts(agent).includes(address));
    };
    await heard("10.99.0.1");
    node.pass(agent);
    expect(node.pass(agent, { routes: [] }).removes).toEqual({ routes: 1 });
    await heard("10.99.0.2");
    expect(agent.sure).toBe(true);
    node.pass(agent);
    await heard("10.99.0.3");
    ip("route del 10.2.0.0/16 dev strait0 metric 83");
    await until(() => !agent.sure);
    expect(node.pass(agent).writes).toEqual({ routes: 1 });
    ended.abort();
    await listening;
    agent.close();
  });

  test("a filter that somebody makes is heard of, and so is it when our table is taken away", async () => {
    using node = place(kinds[0] ?? "clsact");
    const agent = node.open();
    const forward = () => agent.facts(workerFile(node.uplink.name)).forward;
    const ended = new AbortController();
    let news = 0;
    const listening = (async () => {
      for await (const _ of agent.changes(ended.signal)) news++;
    })();
    const until = async (holds: () => boolean) => {
      while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    const nft = (line: string) => expect(Bun.spawnSync(["nft", ...line.split(" ")]).exitCode).toBe(0);
    await until(() => {
      node.pass(agent);
      return agent.sure;
    });
    expect(forward()).toEqual({ filters: [], masquerades: false });
    nft("add table inet guard");
    nft("add chain inet guard forward { type filter hook forward priority 0 ; policy drop ; }");
    // By what it was told alone: it doubts nothing.
    await until(() => forward()?.filters.length === 1);
    expect(agent.sure).toBe(true);
    const keptSources = [cidr("10.1.0.0/16")];
    expect(node.pass(agent, { keptSources }).writes).toEqual({ tables: 1 });
    expect(node.pass(agent, { keptSources })).toEqual(nothing);
    // What we write ourselves is told before this is, and is no harm.
    nft("add chain inet guard later { type filter hook forward priority 1 ; policy drop ; }");
    await until(() => forward()?.filters.length === 2);
    expect(agent.sure).toBe(true);
    const before = news;
    nft("delete table inet strait");
    await until(() => news > before && !agent.sure);
    expect(node.pass(agent, { keptSources }).writes).toEqual({ tables: 1 });
    expect(node.pass(agent).removes).toEqual({ tables: 1 });
    nft("delete table inet guard");
    await until(() => forward()?.filters.length === 0);
    ended.abort();
    await listening;
    agent.close();
  });

  test("pins removed by hand come back with all rows", () => {
    using node = place(kinds[0] ?? "clsact");
    const agent = node.open();
    node.pass(agent);
    rmSync(node.pinDir, { recursive: true });
    const report = node.pass(agent);
    expect(report.failures).toEqual([]);
    expect(report.writes).toMatchObject({ programs: 4, hops: 1, slots: 256 });
    expect(readdirSync(join(node.pins.programs(node.pins.listPrograms()[0] ?? ""))).sort()).toEqual([...programNames].sort());
    expect(node.pass(agent)).toEqual(nothing);
    agent.close();
  });
}, ["nft"]);
