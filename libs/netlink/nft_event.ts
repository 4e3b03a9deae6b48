// SPDX-License-Identifier: Apache-2.0
import { ok, type Result } from "@strait/model";
import { Attributes } from "./attributes.ts";
import { readFixed } from "./bytes.ts";
import { reading } from "./malformed.ts";
import type { NetlinkMessage } from "./message.ts";
import { decodeNftChain, NFGENMSG, type NftBase, type NftFamily, nftFamilyOf, readName } from "./nft_chain.ts";
import { NFNL_SUBSYS_NFTABLES, NFT_MSG, NFTA_RULE, NFTA_TABLE } from "./nft_constants.ts";

/** A table, a chain or a rule in a chain that came or went. */
export interface NftChange {
  readonly kind: "nftables";
  readonly change: "present" | "gone";
  readonly family: NftFamily;
  readonly table: string;
  /** Absent where it is the table itself. */
  readonly chain?: string;
  /** True where it is a rule in that chain. */
  readonly rule?: true;
  /** Of a chain that the kernel calls by itself. */
  readonly base?: NftBase;
}

/** Decodes a notification of nf_tables; undefined for what is not about tables, chains or rules of IP. Total. */
export function decodeNftEvent({ type, payload }: NetlinkMessage): Result<NftChange | undefined> {
  if (type >> 8 !== NFNL_SUBSYS_NFTABLES) return ok(undefined);
  const kind = type & 0xff;
  if (kind === NFT_MSG.NEWCHAIN || kind === NFT_MSG.DELCHAIN) {
    const chain = decodeNftChain(payload);
    if (!chain.ok || !chain.value) return chain.ok ? ok(undefined) : chain;
    const { family, table, name, base } = chain.value;
    const change = kind === NFT_MSG.NEWCHAIN ? "present" : "gone";
    return ok({ kind: "nftables", change, family, table, chain: name, ...(base && { base }) });
  }
  const isTable = kind === NFT_MSG.NEWTABLE || kind === NFT_MSG.DELTABLE;
  if (!isTable && kind !== NFT_MSG.NEWRULE && kind !== NFT_MSG.DELRULE) return ok(undefined);
  return reading("a change of nf_tables", () => {
    const { rest } = readFixed(payload, NFGENMSG);
    const family = nftFamilyOf(payload);
    if (family === undefined) return undefined;
    const attributes = Attributes.parse(rest);
    const change = kind === NFT_MSG.NEWTABLE || kind === NFT_MSG.NEWRULE ? "present" : "gone";
    const event = { kind: "nftables", change, family } as const;
    if (isTable) return { ...event, table: readName(attributes, NFTA_TABLE.NAME, "name") };
    const chain = readName(attributes, NFTA_RULE.CHAIN, "chain");
    return { ...event, table: readName(attributes, NFTA_RULE.TABLE, "table"), chain, rule: true };
  });
}
