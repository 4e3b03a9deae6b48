// SPDX-License-Identifier: Apache-2.0
import { type Cidr, type Family, formatCidr, NFT_TABLE, STRAIT_DEVICE, sameRow } from "@strait/model";
import { type NewNftRule, type NewNftTable, type NftBase, type NftChain, nft } from "@strait/netlink";
import type { NodeTables } from "./forward_look.ts";

const CHAIN: NftChain = { family: "inet", table: NFT_TABLE, name: "keep_sources" };

/**
 * As early as the kernel takes a chain that translates (behind NF_IP_PRI_CONNTRACK, which is -200): most of others' are at 100
 * (NF_IP_PRI_NAT_SRC), kindnet's at 95. It is an order among such chains only: all are asked where 100 is.
 */
const BASE: NftBase = { hook: "postrouting", priority: -199, type: "nat", policy: "accept" };

const FAMILIES: readonly Family[] = [4, 6];

/**
 * The table by which no masquerading of others touches what this node's stack leads between clusters. CNIs give what leaves their pods'
 * range the node's address, which the other cluster would not know. A chain of ours is asked first and gives the packet the
 * source it has; the kernel settles a connection's source once, so nobody else is asked about it (nf_nat_inet_fn). The
 * connection is tracked as any other, so policies that follow connections work. Connections that somebody led to another
 * destination (a Service's) are left to whoever did: it may need a source of its own to see the answers.
 */
function tableFor(sources: readonly Cidr[]): NewNftTable {
  const leaving = sources.map((source): NewNftRule => {
    const { family } = source.address;
    const about = [...nft.family(family), ...nft.outputInterface(STRAIT_DEVICE), ...nft.source(source)];
    return {
      comment: `${formatCidr(source)} stays on its way to other clusters`,
      expressions: [...about, ...nft.notRedirected(), ...nft.keepSource(family)],
    };
  });
  const arriving = FAMILIES.map((family): NewNftRule => {
    const about = [...nft.family(family), ...nft.inputInterface(STRAIT_DEVICE)];
    return {
      comment: `what came from other clusters keeps its source, IPv${family}`,
      expressions: [...about, ...nft.notRedirected(), ...nft.keepSource(family)],
    };
  });
  return { family: "inet", name: NFT_TABLE, chains: [{ name: CHAIN.name, base: BASE, rules: [...leaving, ...arriving] }] };
}

function isOurs({ family, table, name }: NftChain): boolean {
  return family === CHAIN.family && table === CHAIN.table && name === CHAIN.name;
}

/**
 * Makes the table as wanted, in one step; what is right already is not written.
 *
 * @returns how many tables were written
 * @throws Error where the kernel has no nf_tables
 */
export function writeKeptSources(nftables: NodeTables | undefined, sources: readonly Cidr[]): number {
  if (sources.length === 0) return 0;
  if (!nftables) {
    throw new Error("the kernel has no nf_tables, so others' masquerading cannot be kept from what goes to other clusters");
  }
  const wanted = tableFor(sources);
  const comments = wanted.chains.flatMap(({ rules }) => rules.map(({ comment }) => comment));
  const found = nftables.rules(CHAIN).map(({ comment }) => comment);
  const same = found.length === comments.length && comments.every((comment, i) => comment === found[i]);
  // An earlier version of Strait stood elsewhere among the chains.
  if (same && sameRow(nftables.chains().find(isOurs)?.base, BASE)) return 0;
  nftables.replaceTable(wanted);
  return 1;
}

/** Removes the table; how many there were. */
export function removeKeptSources(nftables: NodeTables | undefined): number {
  return Number(nftables?.deleteTable("inet", NFT_TABLE) ?? false);
}
