// SPDX-License-Identifier: Apache-2.0
import type { Result } from "@strait/model";
import { Attributes, readText } from "./attributes.ts";
import { readFixed } from "./bytes.ts";
import { Malformed, reading } from "./malformed.ts";
import { NFGENMSG, type NftFamily, nftFamilyOf, readBe32, readName } from "./nft_chain.ts";
import {
  NFT_REG,
  NFT_VERDICT,
  NFTA_DATA,
  NFTA_EXPR,
  NFTA_IMMEDIATE,
  NFTA_LIST_ELEM,
  NFTA_LOOKUP,
  NFTA_RULE,
  NFTA_TARGET_NAME,
  NFTA_VERDICT,
} from "./nft_constants.ts";

/** What a rule decides: what becomes of the packet, or where it is asked about next. */
export type NftVerdict =
  | { readonly kind: "accept" | "drop" | "queue" | "continue" | "return" }
  | { readonly kind: "jump" | "goto"; readonly chain: string }
  /** What a verdict map says. */
  | { readonly kind: "map"; readonly set: string };

/** One step of a rule, by the kernel's name: "cmp", "payload", "immediate", "reject", ... */
export interface NftExpression {
  readonly name: string;
  readonly verdict?: NftVerdict;
  /** Of "target", which iptables-nft makes: the extension's name ("REJECT"). */
  readonly target?: string;
}

/** A rule as far as it is read here: what it decides, not about which packets. */
export interface NftRule {
  readonly family: NftFamily;
  readonly table: string;
  readonly chain: string;
  readonly comment?: string;
  readonly expressions: readonly NftExpression[];
}

/** In a rule's user data: type, length, text with its NUL (libnftnl/udata.h, NFTNL_UDATA_RULE_COMMENT). */
export const UDATA_COMMENT = 0;

/** Decodes the payload of NFT_MSG_NEWRULE or DELRULE; undefined where it is of no family of ours. Total. */
export function decodeNftRule(payload: Uint8Array): Result<NftRule | undefined> {
  return reading("a rule", () => {
    const { rest } = readFixed(payload, NFGENMSG);
    const family = nftFamilyOf(payload);
    if (family === undefined) return undefined;
    const attributes = Attributes.parse(rest);
    const comment = readComment(attributes.bytes(NFTA_RULE.USERDATA));
    return {
      family,
      table: readName(attributes, NFTA_RULE.TABLE, "table"),
      chain: readName(attributes, NFTA_RULE.CHAIN, "chain"),
      ...(comment !== undefined && { comment }),
      expressions: attributes.nested(NFTA_RULE.EXPRESSIONS).every(NFTA_LIST_ELEM).map(readExpression),
    };
  });
}

/** Others' user data may hold anything: what is no comment is none. */
function readComment(data: Uint8Array = new Uint8Array(0)): string | undefined {
  for (let at = 0; at + 2 <= data.length; at += 2 + (data[at + 1] ?? 0)) {
    if (data[at] === UDATA_COMMENT) return readText(data.subarray(at + 2, at + 2 + (data[at + 1] ?? 0)));
  }
  return undefined;
}

function readExpression(bytes: Uint8Array): NftExpression {
  const attributes = Attributes.parse(bytes);
  const name = readName(attributes, NFTA_EXPR.NAME, "name");
  const data = attributes.nested(NFTA_EXPR.DATA);
  if (name === "target") return { name, target: readName(data, NFTA_TARGET_NAME, "name") };
  if (name === "lookup" && data.has(NFTA_LOOKUP.DREG) && readBe32(data.bytes(NFTA_LOOKUP.DREG)) === NFT_REG.VERDICT) {
    return { name, verdict: { kind: "map", set: data.string(NFTA_LOOKUP.SET) ?? "" } };
  }
  if (name !== "immediate" || readBe32(data.bytes(NFTA_IMMEDIATE.DREG)) !== NFT_REG.VERDICT) return { name };
  return { name, verdict: readVerdict(data.nested(NFTA_IMMEDIATE.DATA).nested(NFTA_DATA.VERDICT)) };
}

function readVerdict(data: Attributes): NftVerdict {
  const code = readBe32(data.bytes(NFTA_VERDICT.CODE));
  if (code === undefined) throw new Malformed("a verdict without a code");
  if (code === NFT_VERDICT.JUMP || code === NFT_VERDICT.GOTO) {
    return { kind: code === NFT_VERDICT.JUMP ? "jump" : "goto", chain: readName(data, NFTA_VERDICT.CHAIN, "chain") };
  }
  if (code === NFT_VERDICT.CONTINUE || code === NFT_VERDICT.BREAK) return { kind: "continue" };
  if (code === NFT_VERDICT.RETURN) return { kind: "return" };
  // The number of a queue stands above the verdict.
  const verdict = code & 0xff;
  if (verdict > 1) return { kind: "queue" };
  return { kind: verdict === 1 ? "accept" : "drop" };
}
