// SPDX-License-Identifier: Apache-2.0
import type { Family } from "@strait/model";
import { afOf } from "./bytes.ts";
import { type Channel, readAll } from "./channel.ts";
import { NLM_F, RTM } from "./constants.ts";
import { expecting } from "./outcome.ts";
import { decodeRule, encodeRule, FIB_RULE_HDR, type NewRule, type Rule } from "./rule.ts";

function object(rule: NewRule): string {
  return `IPv${rule.family} rule of priority ${rule.priority}`;
}

export function listRules(channel: Channel, family: Family | undefined): Rule[] {
  const families: readonly Family[] = family === undefined ? [4, 6] : [family];
  return families.flatMap((one) => {
    const head = new Uint8Array(FIB_RULE_HDR);
    head[0] = afOf(one);
    const messages = channel.socket.dump({ verb: "list", object: `IPv${one} rules` }, RTM.GETRULE, head);
    return readAll(channel, messages, RTM.NEWRULE, decodeRule);
  });
}

export function addRule(channel: Channel, rule: NewRule): boolean {
  const flags = NLM_F.CREATE | NLM_F.EXCL;
  const ask = () => channel.socket.request({ verb: "add", object: object(rule) }, RTM.NEWRULE, flags, ...encodeRule(rule));
  return expecting(["EEXIST"], () => ask().length >= 0, false);
}

export function deleteRule(channel: Channel, rule: NewRule): boolean {
  const ask = () => channel.socket.request({ verb: "delete", object: object(rule) }, RTM.DELRULE, 0, ...encodeRule(rule));
  return expecting(["ENOENT"], () => ask().length >= 0, false);
}
