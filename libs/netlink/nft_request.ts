// SPDX-License-Identifier: Apache-2.0
import type { Cidr } from "@strait/model";
import { attribute } from "./attributes.ts";
import { concat, viewOf, wireAddress } from "./bytes.ts";
import { hookNumber, type NftBase, type NftFamily } from "./nft_chain.ts";
import {
  NFNL_SUBSYS_NFTABLES,
  NFPROTO,
  NFT_REG,
  NFTA_BITWISE,
  NFTA_CHAIN,
  NFTA_CMP,
  NFTA_CT,
  NFTA_DATA,
  NFTA_EXPR,
  NFTA_HOOK,
  NFTA_LIST_ELEM,
  NFTA_META,
  NFTA_NAT,
  NFTA_PAYLOAD,
  NFTA_RULE,
  NFTA_TABLE,
} from "./nft_constants.ts";
import { UDATA_COMMENT } from "./nft_rule.ts";

/** A base chain and its rules as they are wanted. */
export interface NewNftChain {
  readonly name: string;
  readonly base: NftBase;
  readonly rules: readonly NewNftRule[];
}

/** A rule: its steps, made by `nft`, and a comment by which it is known again. */
export interface NewNftRule {
  readonly comment: string;
  readonly expressions: readonly Uint8Array[];
}

/** Keys and numbers of linux/netfilter/nf_tables.h and nf_conntrack_common.h. */
const META = { IIFNAME: 6, OIFNAME: 7, NFPROTO: 15 } as const;
const CT_STATUS = 2;
const IPS_DST_NAT = 1 << 5;
const NETWORK_HEADER = 1;
const CMP = { EQ: 0, NEQ: 1 } as const;
const SNAT = 0;
const IFNAMSIZ = 16;

function be32(type: number, value: number): Uint8Array {
  const out = new Uint8Array(4);
  viewOf(out).setInt32(0, value);
  return attribute.bytes(type, out);
}

function expression(name: string, ...data: readonly Uint8Array[]): Uint8Array {
  return attribute.nested(NFTA_LIST_ELEM, attribute.string(NFTA_EXPR.NAME, name), attribute.nested(NFTA_EXPR.DATA, ...data));
}

function value(type: number, bytes: Uint8Array): Uint8Array {
  return attribute.nested(type, attribute.bytes(NFTA_DATA.VALUE, bytes));
}

function compare(bytes: Uint8Array, op: number = CMP.EQ): Uint8Array {
  return expression("cmp", be32(NFTA_CMP.SREG, NFT_REG.ONE), be32(NFTA_CMP.OP, op), value(NFTA_CMP.DATA, bytes));
}

function mask(bytes: Uint8Array): Uint8Array {
  const both = [be32(NFTA_BITWISE.SREG, NFT_REG.ONE), be32(NFTA_BITWISE.DREG, NFT_REG.ONE)];
  const zero = value(NFTA_BITWISE.XOR, new Uint8Array(bytes.length));
  return expression("bitwise", ...both, be32(NFTA_BITWISE.LEN, bytes.length), value(NFTA_BITWISE.MASK, bytes), zero);
}

function meta(key: number): Uint8Array {
  return expression("meta", be32(NFTA_META.DREG, NFT_REG.ONE), be32(NFTA_META.KEY, key));
}

/** The source address into the register. */
function loadSource(family: 4 | 6): Uint8Array {
  const [offset, length] = family === 4 ? [12, 4] : [8, 16];
  return expression(
    "payload",
    be32(NFTA_PAYLOAD.DREG, NFT_REG.ONE),
    be32(NFTA_PAYLOAD.BASE, NETWORK_HEADER),
    be32(NFTA_PAYLOAD.OFFSET, offset),
    be32(NFTA_PAYLOAD.LEN, length),
  );
}

function prefixMask(bytes: number, prefixLength: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => (0xff << (8 - Math.min(8, Math.max(0, prefixLength - 8 * i)))) & 0xff);
}

function interfaceName(name: string): Uint8Array {
  const bytes = new Uint8Array(IFNAMSIZ);
  bytes.set(new TextEncoder().encode(name).subarray(0, IFNAMSIZ - 1));
  return bytes;
}

/** Steps of a rule, each as nft(8) writes it. A rule goes on to the next step where this one holds. */
export const nft = {
  /** `meta nfproto ipv4` */
  family: (family: 4 | 6): Uint8Array[] => [meta(META.NFPROTO), compare(Uint8Array.of(family === 4 ? NFPROTO.ip : NFPROTO.ip6))],
  /** `iifname "strait0"` */
  inputInterface: (name: string): Uint8Array[] => [meta(META.IIFNAME), compare(interfaceName(name))],
  /** `oifname "strait0"` */
  outputInterface: (name: string): Uint8Array[] => [meta(META.OIFNAME), compare(interfaceName(name))],
  /** `ip saddr 10.1.0.0/16` */
  source({ address, prefixLength }: Cidr): Uint8Array[] {
    const bytes = wireAddress(address);
    const masked = prefixMask(bytes.length, prefixLength);
    return [loadSource(address.family), mask(masked), compare(bytes.map((byte, i) => byte & (masked[i] ?? 0)))];
  },
  /** `ct status & dnat == 0`: nobody gave the connection another destination. */
  notRedirected(): Uint8Array[] {
    const status = expression("ct", be32(NFTA_CT.DREG, NFT_REG.ONE), be32(NFTA_CT.KEY, CT_STATUS));
    const bit = new Uint8Array(4);
    viewOf(bit).setUint32(0, IPS_DST_NAT, true);
    return [status, mask(bit), compare(new Uint8Array(4))];
  },
  /** `snat to ip saddr`: the source stays what it is, and that is settled for the connection. */
  keepSource(family: 4 | 6): Uint8Array[] {
    const number = family === 4 ? NFPROTO.ip : NFPROTO.ip6;
    const nat = [be32(NFTA_NAT.TYPE, SNAT), be32(NFTA_NAT.FAMILY, number), be32(NFTA_NAT.REG_ADDR_MIN, NFT_REG.ONE)];
    return [loadSource(family), expression("nat", ...nat)];
  },
} as const;

/** struct nfgenmsg; `resource` is in network order. */
export function nfgenmsg(family: number, resource = 0): Uint8Array {
  return Uint8Array.of(family, 0, resource >> 8, resource & 0xff);
}

/** Type of a message of nf_tables. */
export function nftType(message: number): number {
  return (NFNL_SUBSYS_NFTABLES << 8) | message;
}

export function encodeTable(family: NftFamily, name: string): Uint8Array[] {
  return [nfgenmsg(NFPROTO[family]), attribute.string(NFTA_TABLE.NAME, name)];
}

export function encodeChain(family: NftFamily, table: string, { name, base }: NewNftChain): Uint8Array[] {
  const hook = [be32(NFTA_HOOK.HOOKNUM, hookNumber(base.hook)), be32(NFTA_HOOK.PRIORITY, base.priority)];
  return [
    nfgenmsg(NFPROTO[family]),
    attribute.string(NFTA_CHAIN.TABLE, table),
    attribute.string(NFTA_CHAIN.NAME, name),
    attribute.nested(NFTA_CHAIN.HOOK, ...hook),
    be32(NFTA_CHAIN.POLICY, base.policy === "drop" ? 0 : 1),
    attribute.string(NFTA_CHAIN.TYPE, base.type),
  ];
}

export function encodeRule(family: NftFamily, table: string, chain: string, rule: NewNftRule): Uint8Array[] {
  const text = concat(new TextEncoder().encode(rule.comment), Uint8Array.of(0));
  return [
    nfgenmsg(NFPROTO[family]),
    attribute.string(NFTA_RULE.TABLE, table),
    attribute.string(NFTA_RULE.CHAIN, chain),
    attribute.nested(NFTA_RULE.EXPRESSIONS, ...rule.expressions),
    attribute.bytes(NFTA_RULE.USERDATA, concat(Uint8Array.of(UDATA_COMMENT, text.length), text)),
  ];
}

/** What a dump of rules is about. */
export function encodeRuleDump(family: NftFamily, table: string, chain: string): Uint8Array[] {
  return [nfgenmsg(NFPROTO[family]), attribute.string(NFTA_RULE.TABLE, table), attribute.string(NFTA_RULE.CHAIN, chain)];
}
