// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { concat } from "./bytes.ts";
import { AF, RTM } from "./constants.ts";
import { decodeEvent } from "./event.ts";
import { encodeIfinfo, encodeNewLink } from "./link_request.ts";
import type { NetlinkMessage } from "./message.ts";

/** A message about an interface, as the kernel tells it, in an address family. */
function message(type: number, family: number): NetlinkMessage {
  const spec = { kind: "vxlan", name: "eth0", port: 4789 } as const;
  const [, ...attributes] = encodeNewLink(spec);
  return { type, flags: 0, sequence: 0, port: 0, payload: concat(encodeIfinfo(7, spec, family), ...attributes) };
}

describe("a notification about a link", () => {
  test.each([
    [RTM.NEWLINK, "present"],
    [RTM.DELLINK, "gone"],
  ] as const)("of type %i tells that it is %s", (type, change) => {
    expect(decodeEvent(message(type, AF.UNSPEC))).toMatchObject({
      ok: true,
      value: { kind: "link", change, link: { name: "eth0" } },
    });
  });

  test.each([RTM.NEWLINK, RTM.DELLINK])("of type %i by its bridge says nothing about the link itself", (type) => {
    expect(decodeEvent(message(type, AF.BRIDGE))).toEqual({ ok: true, value: undefined });
  });
});
