// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { type ForwardFact, NFT_TABLE, sameRow } from "@strait/model";
import { type NetlinkEvent, Nftables } from "@strait/netlink";
import { chainKey, type FoundFilters, findFilters } from "./forward_filters.ts";

/** What reads of the legacy tables of iptables, which are not in nf_tables, a test gives its own. */
export type ReadNames = (path: string) => string;

const LEGACY = [
  { path: "/proc/net/ip_tables_names", name: "iptables" },
  { path: "/proc/net/ip6_tables_names", name: "ip6tables" },
] as const;

const NOTHING: FoundFilters = { filters: [], masquerades: false, looked: new Set() };

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
  readonly #unreadable: (reason: string) => void;
  /** Null where the kernel has none. */
  #nftables: Nftables | null | undefined;
  #generation: number | undefined;
  #stale = true;
  #found = NOTHING;
  #fact: ForwardFact = { filters: [], masquerades: false };

  constructor({ read = readNames, unreadable = () => {} }: { read?: ReadNames; unreadable?: (reason: string) => void } = {}) {
    this.#read = read;
    this.#unreadable = unreadable;
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
    const { family, table, chain, base, change } = event;
    const concerns =
      chain === undefined
        ? change === "gone" && [...this.#found.looked].some((key) => key.startsWith(chainKey(family, table, "")))
        : base !== undefined || this.#found.looked.has(chainKey(family, table, chain));
    this.#stale ||= concerns;
    return concerns;
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
  get nftables(): Nftables | undefined {
    this.#nftables ??= Nftables.open({ unreadable: this.#unreadable }) ?? null;
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
    const { nftables } = this;
    if (!nftables) return;
    this.#stale = false;
    // Before the chains: what changes meanwhile has another number.
    const generation = nftables.generation();
    if (generation === this.#generation) return;
    this.#found = findFilters({ chains: nftables.chains(), rules: (chain) => nftables.rules(chain) });
    this.#generation = generation;
  }
}
