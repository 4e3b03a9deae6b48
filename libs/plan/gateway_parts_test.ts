// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type GatewayPhase, type NodeName, nodeName } from "@strait/model";
import { gatewayParts } from "./gateway_parts.ts";

const names = (text: string): NodeName[] => (text === "" ? [] : text.split(" ").map(nodeName));

test.each<[what: string, labelled: string, listed: string, ready: string, wanted: string]>([
  ["nothing is published yet: those with the label", "gw1 gw2", "", "", "gw1 gw2"],
  ["both take part", "gw1 gw2", "gw1 gw2", "", "gw1 gw2"],
  ["one is not listed yet", "gw1 gw2", "gw1", "", "gw1 (gw2)"],
  ["one joins", "gw1 gw2", "gw1 gw2:joining", "", "gw1 (gw2)"],
  ["one joins and found that the others know it", "gw1 gw2", "gw1 gw2:joining", "gw2", "gw1 gw2"],
  ["one lost the label and is listed yet", "gw1", "gw1 gw2", "", "gw1 (gw2)"],
  ["one lost the label after it found that the others know it", "gw1", "gw1 gw2:leaving", "gw2", "gw1 (gw2)"],
  ["one is leaving", "gw1", "gw1 gw2:leaving", "", "gw1 (gw2)"],
  ["one has left", "gw1", "gw1 gw2:left", "", "gw1 <gw2>"],
  ["one has left and has the label again", "gw1 gw2", "gw1 gw2:left", "", "gw1 (gw2)"],
  ["one has left after it found that the others know it", "gw1", "gw1 gw2:left", "gw2", "gw1 <gw2>"],
  ["one has left and nobody else has the label", "", "gw1:leaving gw2:left", "", "gw1 <gw2>"],
  ["one has left and there is nobody else", "", "gw2:left", "", "<gw2>"],
  ["one that has left is no node any more", "gw1", "gw1 gone:left", "", "gw1"],
  ["one that was silent is leaving and has the label", "gw1 gw2", "gw1 gw2:leaving", "", "gw1 (gw2)"],
  ["the only one lost the label", "", "gw1", "", "gw1"],
  ["the only one lost the label and another one has it", "gw2", "gw1", "", "gw1 (gw2)"],
  ["the only one leaves while another one joins", "gw2", "gw1:leaving gw2:joining", "", "gw1 (gw2)"],
  ["all are leaving", "gw1 gw2", "gw1:leaving gw2:leaving", "", "gw1 gw2"],
  ["the only one that is listed is no node", "gw1", "gone", "", "gw1"],
  ["there is none", "", "", "", ""],
])("who forwards, where %s", (_, labelled, listed, ready, wanted) => {
  const list = listed === "" ? [] : listed.split(" ").map((word) => word.split(":") as [string, GatewayPhase?]);
  const parts = gatewayParts({
    labelled: new Set(names(labelled)),
    listed: list.map(([name, phase]) => ({ name: nodeName(name), ...(phase && { phase }) })),
    ready: ready === "" ? undefined : nodeName(ready),
    known: (name) => name !== "gone",
  });
  // A gateway that has left is on standby too.
  const told = [...parts].map(([name, { standby, left }]) =>
    left ? (standby ? `<${name}>` : "wrong") : standby ? `(${name})` : name,
  );
  const bare = (text: string): string => text.replace(/[(<]/, "");
  expect(told.sort((a, b) => (bare(a) < bare(b) ? -1 : 1)).join(" ")).toBe(wanted);
});
