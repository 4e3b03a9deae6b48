// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { openHandles, openHandlesByKind, queryTc, tcxSupported } from "@strait/ffi";
import { ownBpffs, unfit } from "@strait/ffi/testing";
import { cidr, type IfIndex, type Owner, type Plan, STRAIT_DEVICE } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { inOwnNamespace } from "@strait/netlink/testing";
import type { AttachKind } from "./attachments.ts";
import { findFacts } from "./facts.ts";
import { ForwardLook } from "./forward_look.ts";
import { Ground } from "./ground.ts";
import { type Changes, noChanges } from "./map_sync.ts";
import { DEFAULT_OBJECT } from "./open.ts";
import { type Attached, type PassMemory, remember } from "./pass_memory.ts";
import { Passes } from "./passes.ts";
import { Pins } from "./pins.ts";
import { workerDesired, workerFile } from "./testing/desired.ts";
import { ownLink, silent } from "./testing/ground.ts";

const kinds: readonly AttachKind[] = unfit === undefined && tcxSupported() ? ["tcx", "clsact"] : ["clsact"];
const nothing: Changes = { writes: {}, removes: {}, failures: [] };

/** A node with an uplink and two interfaces of pods. */
function node(attach: AttachKind) {
  const bpffs = ownBpffs();
  const netlink = new Netlink();
  const [uplink, one, two] = [ownLink(netlink), ownLink(netlink), ownLink(netlink)];
  const pinDir = `${bpffs.path}/strait`;
  const pins = new Pins(pinDir);
  const common = { netlink, pinDir, pins, objectPath: DEFAULT_OBJECT, version: undefined, log: silent };
  const ground = new Ground({ ...common, owner: "agent" });
  const forward = new ForwardLook({ unreadable: () => {} });
  const passes = (owner: Owner) =>
    new Passes({ netlink, pins, owner, attach, ground, forward: owner === "agent" ? forward : undefined });
  return {
    pods: [one.ifindex, two.ifindex] as const,
    passes,
    /** What the agent wants with these pods. */
    plan(pods: readonly IfIndex[], more: Partial<Plan> = {}): Plan {
      const desired = workerDesired(findFacts(netlink, workerFile(uplink.name), ground.device), ground.rows.read());
      return { ...desired, attach: { uplinks: [uplink.ifindex], pods }, ...more };
    },
    /** The places where anything is attached, without our own devices. */
    places: () => [uplink, one, two].map(({ ifindex }) => queryTc(ifindex, "ingress").length),
    [Symbol.dispose]() {
      ground.close();
      forward.close();
      netlink.deleteLink(STRAIT_DEVICE);
      for (const { ifindex } of [uplink, one, two]) netlink.deleteLink(ifindex);
      netlink.close();
      bpffs[Symbol.dispose]();
    },
  };
}

/** What a pass did, and what is to be remembered of it. */
function passed(plan: Plan, act: (changes: Changes) => Attached): { changes: Changes; memory: PassMemory } {
  const changes = noChanges();
  return { changes, memory: remember(plan, act(changes)) };
}

inOwnNamespace(import.meta.path, () => {
  afterEach(() => expect(openHandles(), JSON.stringify(openHandlesByKind())).toBe(0));

  test.each(kinds)("a pass by what is remembered leaves nothing for one that asks the kernel of everything (%s)", (attach) => {
    using here = node(attach);
    const passes = here.passes("agent");
    const [one, two] = here.pods;
    const first = here.plan([one]);
    let { changes, memory } = passed(first, (into) => passes.everything(first, into));
    expect(changes.failures).toEqual([]);
    expect(changes.writes).toMatchObject({ routes: 1, attachments: 4 });
    for (const [plan, expected] of [
      [here.plan([one]), nothing],
      [here.plan([two]), { ...nothing, writes: { attachments: 1 }, removes: { attachments: 1 } }],
      [here.plan([two], { routes: [] }), { ...nothing, removes: { routes: 1 } }],
      [here.plan([two], { routes: first.routes }), { ...nothing, writes: { routes: 1 } }],
      [here.plan([two], { keptSources: [cidr("10.1.0.0/16")] }), { ...nothing, writes: { tables: 1 } }],
      [here.plan([two]), { ...nothing, removes: { tables: 1 } }],
    ] as const) {
      ({ changes, memory } = passed(plan, (into) => passes.news(plan, memory, false, into)));
      expect(changes).toEqual(expected);
      expect(passed(plan, (into) => passes.everything(plan, into)).changes).toEqual(nothing);
    }
    expect(here.places()).toEqual([1, 0, 1]);
    expect(memory.attached.size).toBe(4);
  });

  test.each(kinds)("a gateway that does not steer takes neither pods nor routes nor uplinks away (%s)", (attach) => {
    using here = node(attach);
    const [one] = here.pods;
    const first = here.plan([one]);
    passed(first, (into) => here.passes("agent").everything(first, into));
    const gateway = here.passes("gateway");
    const none = here.plan([], { routes: [], ownsRoutes: false, attach: { uplinks: [], pods: [] } });
    const { changes, memory } = passed(none, (into) => gateway.everything(none, into));
    expect(changes).toEqual(nothing);
    expect(passed(none, (into) => gateway.news(none, memory, true, into)).changes).toEqual(nothing);
    expect(here.places()).toEqual([1, 1, 0]);
    const again = here.plan([one]);
    expect(passed(again, (into) => here.passes("agent").everything(again, into)).changes).toEqual(nothing);
  });
}, ["nft"]);
