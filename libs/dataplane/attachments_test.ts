// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { attachTc, type BpfObject, openHandles, openHandlesByKind, queryTc, tcxSupported } from "@strait/ffi";
import { toU64, u32Bytes, unfit } from "@strait/ffi/testing";
import { STRAIT_DEVICE } from "@strait/model";
import { inOwnNamespace } from "@strait/netlink/testing";
import { testIf } from "@strait/testkit";
import {
  type AttachKind,
  type Attachment,
  attachmentsAt,
  deviceAttachments,
  removeAttachments,
  writeAttachments,
} from "./attachments.ts";
import { readCounters } from "./counters.ts";
import { type Changes, noChanges } from "./map_sync.ts";
import {
  addForeignFilter,
  foreignObject,
  type Ground,
  type OwnLink,
  ownGround,
  ownLink,
  sendPortNine,
  silence,
} from "./testing/ground.ts";

const noTcx = unfit === undefined && !tcxSupported() ? "the kernel has no TCX (Linux 6.6)" : unfit;
const kinds: readonly AttachKind[] = ["tcx", "clsact"];

inOwnNamespace(import.meta.path, () => {
  describe.each(kinds.filter((kind) => kind === "clsact" || noTcx === undefined))("attachments by %s", (kind) => {
    let ground: Ground;
    let foreign: BpfObject;
    let handles = 0;

    beforeAll(() => {
      handles = openHandles();
      ground = ownGround();
      foreign = foreignObject();
    });
    afterAll(() => {
      foreign.close();
      ground[Symbol.dispose]();
      expect(openHandles(), JSON.stringify(openHandlesByKind())).toBe(handles);
    });

    const write = (wanted: readonly Attachment[]): Changes => {
      const changes = noChanges();
      writeAttachments(ground.pins, ground.loaded.programs, wanted, changes, kind);
      return changes;
    };
    const remove = (places: Parameters<typeof removeAttachments>[2], wanted: readonly Attachment[]): Changes => {
      const changes = noChanges();
      removeAttachments(ground.netlink, ground.pins, places, wanted, changes, kind);
      return changes;
    };
    const names = ({ ifindex }: OwnLink) => queryTc(ifindex, "ingress").map((program) => `${program.kind} ${program.name}`);
    /** How many packets to port 9 the two foreign programs saw, and how many IPv4 packets ours passed on as not ours. */
    const looks = (): bigint[] => {
      const seen = [0, 1].map((row) => toU64(foreign.map("seen").lookup(u32Bytes(row))) ?? 0n);
      const ours = readCounters(ground.loaded.maps).reasons.find(({ reason }) => reason === "pass_not_ours");
      return [...seen, ours?.packets ?? 0n];
    };
    const nothing = { writes: {}, removes: {}, failures: [] };

    test(`${kind}: what is attached is not attached again`, () => {
      const [uplink, pod] = [ownLink(ground.netlink), ownLink(ground.netlink)];
      const wanted = [...attachmentsAt("uplink", [uplink.ifindex]), ...attachmentsAt("pod", [pod.ifindex])];
      expect(write(wanted)).toEqual({ ...nothing, writes: { attachments: 2 } });
      expect(names(uplink)).toEqual([`${kind} strait_from_wir`]);
      expect(names(pod)).toEqual([`${kind} strait_from_pod`]);
      expect(write(wanted)).toEqual(nothing);
      expect(remove(["uplink", "pod", "device"], wanted)).toEqual(nothing);
      remove(["uplink", "pod"], []);
    });

    test(`${kind}: what is not wanted goes, of one's own places only, and leaves no qdisc`, () => {
      const [uplink, pod] = [ownLink(ground.netlink), ownLink(ground.netlink)];
      const [wire, inside] = [attachmentsAt("uplink", [uplink.ifindex]), attachmentsAt("pod", [pod.ifindex])];
      write([...wire, ...inside]);
      expect(remove(["pod"], [])).toEqual({ ...nothing, removes: { attachments: 1 } });
      expect([names(uplink).length, names(pod).length]).toEqual([1, 0]);
      expect(ground.netlink.qdiscs(pod.ifindex).some((qdisc) => qdisc.kind === "clsact")).toBe(false);
      expect(remove(["uplink"], wire)).toEqual(nothing);
      expect(remove(["uplink"], [])).toEqual({ ...nothing, removes: { attachments: 1 } });
      expect(names(uplink)).toEqual([]);
      expect(ground.pins.listLinks()).toEqual([]);
    });

    test(`${kind}: an interface that is gone leaves no pin, and one that takes its place is attached`, () => {
      const pod = ownLink(ground.netlink);
      write(attachmentsAt("pod", [pod.ifindex]));
      ground.netlink.deleteLink(pod.ifindex);
      const removed = remove(["pod"], []);
      expect(removed.failures).toEqual([]);
      expect(ground.pins.listLinks()).toEqual([]);
    });

    test(`${kind}: one interface that cannot be attached does not keep the others from it`, () => {
      const [gone, pod] = [ownLink(ground.netlink), ownLink(ground.netlink)];
      ground.netlink.deleteLink(gone.ifindex);
      const changes = write(attachmentsAt("pod", [gone.ifindex, pod.ifindex]));
      expect(changes.writes).toEqual({ attachments: 1 });
      expect(changes.failures).toEqual([
        { object: `strait_from_pod at interface ${gone.ifindex}`, reason: expect.stringContaining("ENODEV") },
      ]);
      remove(["pod"], []);
    });

    testIf(noTcx)(`${kind}: programs of somebody else run in front of ours and behind, and stay when ours goes`, () => {
      const { ifindex, name, peer } = ownLink(ground.netlink);
      silence(name, peer);
      const place = { ifindex, direction: "ingress", kind: "tcx" } as const;
      using before = attachTc({ ...place, program: foreign.program("first") });
      write(attachmentsAt("uplink", [ifindex]));
      using behind = attachTc({ ...place, program: foreign.program("second") });
      const ours = `${kind} strait_from_wir`;
      const order = kind === "tcx" ? ["tcx first", ours, "tcx second"] : ["tcx first", "tcx second", ours];
      expect(names({ ifindex, name, peer })).toEqual(order);
      const before9 = looks();
      sendPortNine(peer);
      expect(looks().map((count, i) => count - (before9[i] ?? 0n))).toEqual([1n, 1n, 1n]);
      expect(remove(["uplink"], []).removes).toEqual({ attachments: 1 });
      expect(names({ ifindex, name, peer })).toEqual(["tcx first", "tcx second"]);
      expect([before.programId, behind.programId]).toEqual([foreign.program("first").id, foreign.program("second").id]);
    });

    test(`${kind}: a filter of somebody else stays when ours goes, with the qdisc that holds it`, () => {
      const uplink = ownLink(ground.netlink);
      ground.netlink.ensureClsact(uplink.ifindex);
      addForeignFilter(uplink.name, "egress");
      const before = ground.netlink.filters(uplink.ifindex, "egress");
      write(attachmentsAt("uplink", [uplink.ifindex]));
      expect(remove(["uplink"], []).removes).toEqual({ attachments: 1 });
      expect(names(uplink)).toEqual([]);
      expect(before.length).toBeGreaterThan(0);
      expect(ground.netlink.filters(uplink.ifindex, "egress")).toEqual(before);
    });
  });

  test("deviceAttachments names what there is: nothing without our devices, both ways of strait0", () => {
    {
      using ground = ownGround();
      const device = ground.netlink.linkByName(STRAIT_DEVICE)?.ifindex;
      expect(deviceAttachments(ground.netlink).map(({ ifindex, direction, program }) => [ifindex, direction, program])).toEqual([
        [device, "ingress", "strait_from_tunnel"],
        [device, "egress", "strait_from_host"],
      ] as never);
      ground.netlink.deleteLink(STRAIT_DEVICE);
      expect(deviceAttachments(ground.netlink)).toEqual([]);
    }
  });
});
