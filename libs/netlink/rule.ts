// SPDX-License-Identifier: Apache-2.0
import { addressBits, addressOf, type Cidr, cidrOf, type Family, type Result } from "@strait/model";
import { Attributes, attribute } from "./attributes.ts";
import { afOf, readAddress, readFamily, readFixed, viewOf, wireAddress } from "./bytes.ts";
import { FRA } from "./constants.ts";
import { Malformed, reading } from "./malformed.ts";

/** Size of `struct fib_rule_hdr`. */
export const FIB_RULE_HDR = 12;
const INVERT = 0x2;
const ACTIONS = { table: 1, goto: 2, nop: 3, blackhole: 6, unreachable: 7, prohibit: 8 } as const;

export type RuleAction = keyof typeof ACTIONS;

/** A policy routing rule (ip-rule(8), linux/fib_rules.h). */
export interface Rule {
  readonly family: Family;
  /** Lower comes first. */
  readonly priority: number;
  readonly source?: Cidr;
  readonly destination?: Cidr;
  readonly inputInterface?: string;
  readonly outputInterface?: string;
  readonly mark?: number;
  readonly markMask?: number;
  readonly not: boolean;
  readonly action: RuleAction;
  /** The table that is looked up where `action` is "table"; else 0. */
  readonly table: number;
  readonly protocol: number;
  /** Ignore routes with a prefix this short or shorter. */
  readonly suppressPrefixLength?: number;
}

/** A rule to make or delete. `action` is "table" where absent. */
export type NewRule = Pick<Rule, "family" | "priority"> & Partial<Rule>;

function readAction(value: number): RuleAction {
  for (const [name, number] of Object.entries(ACTIONS)) if (number === value) return name as RuleAction;
  throw new Malformed(`rule action ${value}`);
}

function readPrefix(family: Family, length: number, bytes: Uint8Array | undefined): Cidr | undefined {
  if (length > addressBits(family)) throw new Malformed(`prefix length ${length}`);
  if (!bytes) return length === 0 ? undefined : cidrOf(addressOf(family, 0n), length);
  const address = readAddress(bytes);
  if (address.family !== family) throw new Malformed("a prefix of another family");
  return cidrOf(address, length);
}

/** Decodes the payload of RTM_NEWRULE or RTM_DELRULE, IPv4 or IPv6. Total. */
export function decodeRule(payload: Uint8Array): Result<Rule> {
  return reading("a rule", () => {
    const { head, rest } = readFixed(payload, FIB_RULE_HDR);
    const family = readFamily(head.getUint8(0));
    const attributes = Attributes.parse(rest);
    const destination = readPrefix(family, head.getUint8(1), attributes.bytes(FRA.DST));
    const source = readPrefix(family, head.getUint8(2), attributes.bytes(FRA.SRC));
    const inputInterface = attributes.string(FRA.IIFNAME);
    const outputInterface = attributes.string(FRA.OIFNAME);
    const mark = attributes.u32(FRA.FWMARK);
    const markMask = attributes.u32(FRA.FWMASK);
    const suppress = attributes.i32(FRA.SUPPRESS_PREFIXLEN);
    return {
      family,
      priority: attributes.u32(FRA.PRIORITY) ?? 0,
      ...(source && { source }),
      ...(destination && { destination }),
      ...(inputInterface !== undefined && { inputInterface }),
      ...(outputInterface !== undefined && { outputInterface }),
      ...(mark !== undefined && { mark }),
      ...(markMask !== undefined && { markMask }),
      not: (head.getUint32(8, true) & INVERT) !== 0,
      action: readAction(head.getUint8(7)),
      table: attributes.u32(FRA.TABLE) ?? head.getUint8(4),
      protocol: attributes.u8(FRA.PROTOCOL) ?? 0,
      ...(suppress !== undefined && suppress >= 0 && { suppressPrefixLength: suppress }),
    };
  });
}

/** Encodes the payload of RTM_NEWRULE or RTM_DELRULE. */
export function encodeRule(rule: NewRule): Uint8Array[] {
  const head = new Uint8Array(FIB_RULE_HDR);
  const view = viewOf(head);
  const { source, destination, table, mark, markMask, inputInterface, outputInterface, suppressPrefixLength, protocol } = rule;
  view.setUint8(0, afOf(rule.family));
  view.setUint8(1, destination?.prefixLength ?? 0);
  view.setUint8(2, source?.prefixLength ?? 0);
  view.setUint8(4, table !== undefined && table < 256 ? table : 0);
  view.setUint8(7, ACTIONS[rule.action ?? "table"]);
  view.setUint32(8, rule.not ? INVERT : 0, true);
  return [
    head,
    attribute.u32(FRA.PRIORITY, rule.priority),
    ...(source ? [attribute.bytes(FRA.SRC, wireAddress(source.address))] : []),
    ...(destination ? [attribute.bytes(FRA.DST, wireAddress(destination.address))] : []),
    ...(inputInterface === undefined ? [] : [attribute.string(FRA.IIFNAME, inputInterface)]),
    ...(outputInterface === undefined ? [] : [attribute.string(FRA.OIFNAME, outputInterface)]),
    ...(mark === undefined ? [] : [attribute.u32(FRA.FWMARK, mark)]),
    ...(markMask === undefined ? [] : [attribute.u32(FRA.FWMASK, markMask)]),
    ...(table ? [attribute.u32(FRA.TABLE, table)] : []),
    ...(suppressPrefixLength === undefined ? [] : [attribute.u32(FRA.SUPPRESS_PREFIXLEN, suppressPrefixLength)]),
    ...(protocol === undefined ? [] : [attribute.u8(FRA.PROTOCOL, protocol)]),
  ];
}
