// SPDX-License-Identifier: Apache-2.0
import { NFT_TABLE } from "@strait/model";
import type { NftBase, NftChain, NftExpression, NftRule } from "@strait/netlink";

/** What nf_tables holds, as far as it is looked at. */
export interface Rulesets {
  readonly chains: readonly NftChain[];
  /** Rules of a chain, in order. */
  readonly rules: (chain: NftChain) => readonly NftRule[];
}

/** What was found. */
export interface FoundFilters {
  /** Base chains that may end what the node forwards, in order. */
  readonly filters: readonly string[];
  /** Whether somebody else has a chain that may give packets another source on their way out. */
  readonly masquerades: boolean;
  /** Chains whose rules decided about it, by `chainKey`: a rule of another one changes nothing. */
  readonly looked: ReadonlySet<string>;
  /** All base chains but our own, by `chainKey`: of those that translate nothing but that they are there is of interest. */
  readonly bases: ReadonlyMap<string, NftBase>;
}

/** A chain by its whole name. */
export function chainKey(family: string, table: string, chain: string): string {
  return `${family} ${table} ${chain}`;
}

/** Steps of a rule that say which packets it is about, or note something: none of them ends one. */
const HARMLESS: ReadonlySet<string> = new Set(
  [
    "bitwise byteorder cmp connlimit counter ct dup dynset exthdr fib flow_offload hash immediate inner last limit log lookup",
    "match meta notrack numgen objref osf payload quota range rt socket tunnel xfrm",
  ].flatMap((line) => line.split(" ")),
);

/** Extensions of iptables that change or note a packet and let it go on. */
const HARMLESS_TARGETS: ReadonlySet<string> = new Set(
  "CHECKSUM CLASSIFY CONNMARK CT DSCP ECN HL LOG MARK NFLOG NOTRACK SET TCPMSS TOS TRACE TTL".split(" "),
);

/**
 * Chains of iptables-nft that every cluster has and that are about Services, the CNI's own ways or containers outside of the cluster:
 * of kube-proxy, the CNI plugins, flannel and Docker. What an administrator puts into them (DOCKER-USER, CNI-ADMIN) is not among
 * them, nor are those that hold policies (KUBE-ROUTER-*, KUBE-NWPLCY-*, KUBE-POD-FW-*, cali-*).
 */
const KNOWN_CHAIN =
  /^(KUBE-(FORWARD|SERVICES|EXTERNAL-SERVICES|NODEPORTS|PROXY-FIREWALL|FIREWALL)|CNI-FORWARD|FLANNEL-FWD|DOCKER(-(FORWARD|CT|BRIDGE|INTERNAL|INGRESS|ISOLATION-STAGE-[12]))?)$/;

/** Tables of others that are about Services only: kube-proxy's in mode nftables. */
const KNOWN_TABLE = /^kube-proxy$/;

/** Where what the node forwards passes. */
const ON_THE_WAY: ReadonlySet<string> = new Set(["prerouting", "forward", "postrouting"]);

/**
 * Who in nf_tables may end packets that this node forwards. A chain counts that drops what no rule decides about, and one with a rule
 * that is not known to let every packet go on; jumps are followed, except to what is known to be about something else. What is
 * not understood counts: taken for a filter it costs speed, taken for none it would cost a policy.
 *
 * @example
 * findFilters({ chains: nftables.chains(), rules: (chain) => nftables.rules(chain) }).filters
 */
export function findFilters({ chains, rules }: Rulesets): FoundFilters {
  const byKey = new Map(chains.map((chain) => [chainKey(chain.family, chain.table, chain.name), chain]));
  const looked = new Map<string, boolean>();
  const mayEnd = (chain: NftChain): boolean => {
    const key = chainKey(chain.family, chain.table, chain.name);
    const known = looked.get(key);
    if (known !== undefined) return known;
    looked.set(key, false);
    const ends = rules(chain).some(({ expressions }) => expressions.some((step) => stepMayEnd(step, chain)));
    looked.set(key, ends);
    return ends;
  };
  const stepMayEnd = ({ name, verdict, target }: NftExpression, { family, table }: NftChain): boolean => {
    if (name === "target") return !HARMLESS_TARGETS.has(target ?? "");
    if (!verdict) return !HARMLESS.has(name);
    if (verdict.kind !== "jump" && verdict.kind !== "goto") return ["drop", "queue", "map"].includes(verdict.kind);
    if (family !== "inet" && KNOWN_CHAIN.test(verdict.chain)) return false;
    const next = byKey.get(chainKey(family, table, verdict.chain));
    return next === undefined || mayEnd(next);
  };
  const filters: string[] = [];
  const bases = new Map<string, NftBase>();
  let masquerades = false;
  for (const chain of chains) {
    const { family, table, name, base } = chain;
    if (!base || (family === "inet" && table === NFT_TABLE)) continue;
    bases.set(chainKey(family, table, name), base);
    masquerades ||= base.type === "nat" && base.hook === "postrouting";
    if (base.type === "nat" || !ON_THE_WAY.has(base.hook) || KNOWN_TABLE.test(table)) continue;
    const ends = mayEnd(chain);
    if (ends || base.policy === "drop") filters.push(`table ${family} ${table}, chain ${name}`);
  }
  return { filters: filters.sort(), masquerades, looked: new Set(looked.keys()), bases };
}
