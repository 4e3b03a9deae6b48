// SPDX-License-Identifier: Apache-2.0
import { KernelError } from "@strait/ffi";
import type { IfIndex } from "@strait/model";
import { type Channel, readAll } from "./channel.ts";
import { NLM_F, RTM } from "./constants.ts";
import { expecting } from "./outcome.ts";
import { decodeQdisc, encodeClsact, encodeQdiscDump, type Qdisc } from "./qdisc.ts";

const EEXIST = 17;

export function listQdiscs(channel: Channel, ifindex: IfIndex | undefined): Qdisc[] {
  const messages = channel.socket.dump({ verb: "list", object: "qdiscs" }, RTM.GETQDISC, ...encodeQdiscDump(ifindex));
  return readAll(channel, messages, RTM.NEWQDISC, decodeQdisc).filter((q) => ifindex === undefined || q.ifindex === ifindex);
}

export function ensureClsact(channel: Channel, ifindex: IfIndex): boolean {
  const purpose = { verb: "add", object: `clsact to link ${ifindex} (by index)` };
  const flags = NLM_F.CREATE | NLM_F.EXCL;
  const ask = () => channel.socket.request(purpose, RTM.NEWQDISC, flags, ...encodeClsact(ifindex));
  if (expecting(["EEXIST"], () => ask().length >= 0, false)) return true;
  if (listQdiscs(channel, ifindex).some((qdisc) => qdisc.kind === "clsact")) return false;
  throw new KernelError(purpose.verb, purpose.object, EEXIST, { detail: "an ingress qdisc is in its place" });
}

export function deleteClsact(channel: Channel, ifindex: IfIndex): boolean {
  const purpose = { verb: "delete", object: `clsact of link ${ifindex} (by index)` };
  const ask = () => channel.socket.request(purpose, RTM.DELQDISC, 0, ...encodeClsact(ifindex));
  return expecting(["ENOENT", "EINVAL", "ENODEV"], () => ask().length >= 0, false);
}
