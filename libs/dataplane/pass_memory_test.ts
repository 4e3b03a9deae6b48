// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { IfIndex } from "@strait/model";
import { type Attachment, attachmentsAt } from "./attachments.ts";
import { type Attached, attachmentNews } from "./pass_memory.ts";
import type { Place } from "./pins.ts";

/** "pod 7" is an attachment at a pod's interface of index 7. */
function attached(...texts: string[]): Attached {
  return new Map(
    texts.map((text) => {
      const [place, index] = text.split(" ") as [Place, string];
      const ifindex = Number(index) as IfIndex;
      const device: Attachment = { place, ifindex, direction: "egress", program: "strait_from_host" };
      return [text, place === "device" ? device : (attachmentsAt(place, [ifindex])[0] as Attachment)];
    }),
  );
}

const agents: Place[] = ["uplink", "device", "pod"];

test.each<[string, string[], string[], Place[], { come: string[]; gone: string[] }]>([
  ["nothing where nothing changed", ["uplink 2", "pod 7"], ["pod 7", "uplink 2"], agents, { come: [], gone: [] }],
  ["a pod that came and one that went", ["pod 7"], ["pod 8"], agents, { come: ["pod 8"], gone: ["pod 7"] }],
  ["all of them at first", [], ["uplink 2", "pod 7"], agents, { come: ["uplink 2", "pod 7"], gone: [] }],
  ["not what goes from the other app's places", ["device 3", "uplink 2", "pod 7"], [], ["pod"], { come: [], gone: ["pod 7"] }],
  ["what comes to any place", ["pod 7"], ["uplink 2"], [], { come: ["uplink 2"], gone: [] }],
])("attachmentNews tells %s", (_name, before, wanted, ours, expected) => {
  const { come, gone } = attachmentNews(attached(...before), attached(...wanted), ours);
  const texts = (list: readonly Attachment[]) => list.map(({ place, ifindex }) => `${place} ${ifindex}`);
  expect({ come: texts(come), gone: texts(gone) }).toEqual(expected);
});
