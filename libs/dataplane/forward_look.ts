// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { type ForwardFact, NFT_TABLE, sameRow } from "@strait/model";
import { type NetlinkEvent, Nftables, type NftChain, type NftChange, type NftRule } from "@strait/netlink";
import { chainKey, type FoundFilters, findFilters } from "./forward_filters.ts";

/** Reads a file that names the legacy tables of iptables, which are not in nf_tables. */
export type ReadNames = (path: string) => string;

const LEGACY = [
  { path: "/proc/net/ip_tables_names", name: "iptables" },
  { path: "/proc/net/ip6_tables_names", name: "ip6tables" },
] as const;

/** nf_tables of this node as they are used here. */
export type NodeTables = Pick<Nftables, "generation" | "chains" | "rules" | "replaceTable" | "deleteTable" | "close">;

/** What a look uses of the node; a test gives its own. */
export interface ForwardSight {
  readonly read?: ReadNames;
  /** Undefined where the kernel has no nf_tables. */
  readonly open?: (options: { readonly unreadable: (reason: string) => void }) => NodeTables | undefined;
  readonly unreadable?: (reason: string) => void;
}

const NOTHING: FoundFilters = { filters: [], masquerades: false, looked: new Set(), bases: new Map() };

function readNames(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // A kernel without the legacy tables has no such file.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/**
 * Who filters what this node forwards, and whether somebody masquerades. nf_tables are read once and again after a notification that
 * concerns what was found, or after any change where somebody doubts. Of the legacy tables of iptables only the names can be had
 * cheaply: where there is a filter table it counts, whatever is in it.
 *
 * @example
 * const look = new ForwardLook();
 * const { filters } = look.look(); // the same object while nothing changed
 */
export class ForwardLook implements Disposable {
  readonly #read: ReadNames;
  readonly #open: () => NodeTables | undefined;
  /** Null where the kernel had none when it was looked last. */
  #nftables: NodeTables | null | undefined;
  /** How many records could not be read. */
  #unread = 0;
  #generation: number | undefined;
  #stale = true;
  #found = NOTHING;
  #fact: ForwardFact = { filters: [], masquerades: false };

  constructor({ read = readNames, open = Nftables.open, unreadable = () => {} }: ForwardSight = {}) {
    this.#read = read;
    const count = (reason: string): void => {
      this.#unread++;
      unreadable(reason);
    };
    this.#open = () => open({ unreadable: count });
  }

  /** The next look is at nf_tables too, where anything in them changed. */
  doubt(): void {
    this.#stale = true;
  }

  /** Follows a notification; whether it asks for another look. Most do not: kube-proxy writes its chains all the time. */
  take(event: NetlinkEvent): boolean {
    if (event.kind === "resync") {
      this.#stale = true;
      return true;
    }
    if (event.kind !== "nftables" || (event.family === "inet" && event.table === NFT_TABLE)) return false;
    const concerns = this.#concerns(event);
    this.#stale ||= concerns;
    return concerns;
  }

  #concerns({ family, table, chain, rule, base, change }: NftChange): boolean {
    const { looked, bases } = this.#found;
    if (chain === undefined) {
      const prefix = chainKey(family, table, "");
      return change === "gone" && [...looked, ...bases.keys()].some((key) => key.startsWith(prefix));
    }
    const key = chainKey(family, table, chain);
    if (rule) return looked.has(key);
    // Who writes a table again says anew what its base chains are; newer kernels do not say it of one that goes.
    if (base && change === "present") return !sameRow(base, bases.get(key));
    return looked.has(key) || bases.has(key);
  }

  look(): ForwardFact {
    if (this.#stale) this.#readRules();
    const legacy = LEGACY.map(({ path, name }) => ({ name, tables: this.#read(path).split(/\s+/) }));
    const filters = legacy.flatMap(({ name, tables }) => (tables.includes("filter") ? [`table filter of legacy ${name}`] : []));
    const fact: ForwardFact = {
      filters: [...this.#found.filters, ...filters],
      masquerades: this.#found.masquerades || legacy.some(({ tables }) => tables.includes("nat")),
    };
    if (!sameRow(fact, this.#fact)) this.#fact = fact;
    return this.#fact;
  }

  /** nf_tables by the same socket, for whoever writes there; undefined where the kernel has none. */
  get nftables(): NodeTables | undefined {
    if (this.#nftables === undefined) this.#nftables = this.#open() ?? null;
    return this.#nftables ?? undefined;
  }

  close(): void {
    this.#nftables?.close();
    this.#nftables = undefined;
  }
  [Symbol.dispose](): void {
    this.close();
  }

  #readRules(): void {
    // To ask has the kernel look for a module: once for each doubt, as one may have come.
    if (this.#nftables === null) this.#nftables = undefined;
    const { nftables } = this;
    // Before the chains: what changes meanwhile has another number.
    const generation = nftables?.generation();
    if (nftables && generation !== this.#generation) {
      this.#found = findFilters({ chains: nftables.chains(), rules: (chain) => this.#rulesOf(nftables, chain) });
    }
    this.#generation = generation;
    // Only now: what could not be read to its end is read again.
    this.#stale = false;
  }

  /** With a rule that nobody understands in the place of those that could not be read: they may end packets. */
  #rulesOf(nftables: NodeTables, chain: NftChain): readonly NftRule[] {
    const before = this.#unread;
    const rules = nftables.rules(chain);
    const { family, table, name } = chain;
    return this.#unread === before ? rules : [...rules, { family, table, chain: name, expressions: [{ name: "unreadable" }] }];
  }
}
