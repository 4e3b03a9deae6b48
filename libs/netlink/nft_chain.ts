// SPDX-License-Identifier: Apache-2.0
import type { Result } from "@strait/model";
import { Attributes } from "./attributes.ts";
import { readFixed } from "./bytes.ts";
import { Malformed, reading } from "./malformed.ts";
import { NFPROTO, NFTA_CHAIN, NFTA_HOOK } from "./nft_constants.ts";

/** struct nfgenmsg: family, version, resource. */
export const NFGENMSG = 4;

/** A family of tables that concern IP: "inet" is both. */
export type NftFamily = keyof typeof NFPROTO;

/** Where a base chain hangs (linux/netfilter.h enum nf_inet_hooks), by number. */
const HOOKS = ["prerouting", "input", "forward", "output", "postrouting"] as const;
export type NftHook = (typeof HOOKS)[number];

/** What the kernel calls by itself: a base chain's hook, order and what becomes of packets that no rule decides about. */
export interface NftBase {
  readonly hook: NftHook;
  /** Lower ones are asked first. */
  readonly priority: number;
  /** "filter", "nat" or "route". */
  readonly type: string;
  readonly policy: "accept" | "drop";
}

/** A chain (nft(8)); `base` is absent where only other chains lead to it. */
export interface NftChain {
  readonly family: NftFamily;
  readonly table: string;
  readonly name: string;
  readonly base?: NftBase;
}

/** The family of a message, or undefined for those that are not about IP (bridge, arp, netdev). */
export function nftFamilyOf(payload: Uint8Array): NftFamily | undefined {
  const number = payload[0];
  return (Object.keys(NFPROTO) as NftFamily[]).find((name) => NFPROTO[name] === number);
}

/** A big-endian number, as all of nf_tables are; undefined where it is absent. */
export function readBe32(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined) return undefined;
  if (bytes.length < 4) throw new Malformed(`a number of ${bytes.length} bytes`);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0);
}

/** A name that must be there. */
export function readName(attributes: Attributes, type: number, what: string): string {
  const name = attributes.string(type);
  if (!name) throw new Malformed(`it has no ${what}`);
  return name;
}

/** Decodes the payload of NFT_MSG_NEWCHAIN or DELCHAIN; undefined where it is of no family of ours. Total. */
export function decodeNftChain(payload: Uint8Array): Result<NftChain | undefined> {
  return reading("a chain", () => {
    const { rest } = readFixed(payload, NFGENMSG);
    const family = nftFamilyOf(payload);
    if (family === undefined) return undefined;
    const attributes = Attributes.parse(rest);
    const base = attributes.has(NFTA_CHAIN.HOOK) ? readBase(attributes) : undefined;
    return {
      family,
      table: readName(attributes, NFTA_CHAIN.TABLE, "table"),
      name: readName(attributes, NFTA_CHAIN.NAME, "name"),
      ...(base && { base }),
    };
  });
}

function readBase(attributes: Attributes): NftBase {
  const at = attributes.nested(NFTA_CHAIN.HOOK);
  const number = readBe32(at.bytes(NFTA_HOOK.HOOKNUM));
  const hook = number === undefined ? undefined : HOOKS[number];
  if (hook === undefined) throw new Malformed(`hook ${number}`);
  return {
    hook,
    priority: readBe32(at.bytes(NFTA_HOOK.PRIORITY)) ?? 0,
    type: attributes.string(NFTA_CHAIN.TYPE) ?? "filter",
    policy: readBe32(attributes.bytes(NFTA_CHAIN.POLICY)) === 0 ? "drop" : "accept",
  };
}

/** The number of a hook. */
export function hookNumber(hook: NftHook): number {
  return HOOKS.indexOf(hook);
}
