// SPDX-License-Identifier: Apache-2.0
import type { IfIndex } from "@strait/model";
import { type Channel, readAll } from "./channel.ts";
import { RTM } from "./constants.ts";
import { decodeFilter, encodeFilterDump, type Filter, type FilterHook } from "./filter.ts";
import { expecting } from "./outcome.ts";

export function listFilters(channel: Channel, ifindex: IfIndex, hook: FilterHook): Filter[] {
  const purpose = { verb: "list", object: `${hook} filters of link ${ifindex} (by index)` };
  // The kernel answers for a link without a clsact qdisc with an empty list, or with EINVAL.
  const ask = () => channel.socket.dump(purpose, RTM.GETTFILTER, ...encodeFilterDump(ifindex, hook));
  const messages = expecting(["ENOENT", "EINVAL", "ENODEV"], ask, []);
  // Each classifier is introduced by a record without a handle; the filters in it follow.
  return readAll(channel, messages, RTM.NEWTFILTER, decodeFilter).filter(({ handle }) => handle !== 0);
}
