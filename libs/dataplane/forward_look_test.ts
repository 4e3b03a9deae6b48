// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, test } from "bun:test";
import type { NetlinkEvent, NftChain, NftRule } from "@strait/netlink";
import { inOwnNamespace } from "@strait/netlink/testing";
import { findFilters } from "./forward_filters.ts";
import { ForwardLook, type NodeTables } from "./forward_look.ts";

describe("findFilters", () => {
  const base = (change: Partial<NonNullable<NftChain["base"]>> = {}): NftChain["base"] => ({
    hook: "forward",
    priority: 0,
    type: "filter",
    policy: "accept",
    ...change,
  });
  const forward = { family: "ip", table: "filter", name: "FORWARD", base: base() } as NftChain;
  const rule = (...expressions: NftRule["expressions"]): NftRule => ({
    family: "ip",
    table: "filter",
    chain: "FORWARD",
    expressions,
  });
  const jump = (chain: string): NftRule => rule({ name: "counter" }, { name: "immediate", verdict: { kind: "jump", chain } });
  const drop = rule({ name: "immediate", verdict: { kind: "drop" } });
  const accept = rule({ name: "ct" }, { name: "cmp" }, { name: "immediate", verdict: { kind: "accept" } });

  test.each<[string, NftChain, readonly NftRule[], boolean]>([
    ["is empty", forward, [], false],
    ["only accepts", forward, [accept], false],
    ["drops what no rule accepts", { ...forward, base: base({ policy: "drop" }) } as NftChain, [accept], true],
    ["drops", forward, [accept, drop], true],
    ["asks a program", forward, [rule({ name: "immediate", verdict: { kind: "queue" } })], true],
    ["has a verdict map", forward, [rule({ name: "lookup", verdict: { kind: "map", set: "policies" } })], true],
    ["looks into a set", forward, [rule({ name: "payload" }, { name: "lookup" }, { name: "counter" })], false],
    ["rejects", forward, [rule({ name: "reject" })], true],
    ["rejects by an extension of iptables", forward, [rule({ name: "match" }, { name: "target", target: "REJECT" })], true],
    ["clamps the MSS", forward, [rule({ name: "match" }, { name: "target", target: "TCPMSS" })], false],
    ["does what nobody here knows", forward, [rule({ name: "somethingnew" })], true],
    [
      "jumps to kube-proxy",
      forward,
      ["KUBE-FORWARD", "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-PROXY-FIREWALL"].map(jump),
      false,
    ],
    [
      "jumps to CNI plugins, flannel and Docker",
      forward,
      ["CNI-FORWARD", "FLANNEL-FWD", "DOCKER-FORWARD", "DOCKER"].map(jump),
      false,
    ],
    ["jumps to kube-router's policies", forward, [jump("KUBE-ROUTER-FORWARD")], true],
    ["jumps to a policy of kube-router", forward, [jump("KUBE-NWPLCY-DEFAULT")], true],
    ["jumps to a pod's firewall", forward, [jump("KUBE-POD-FW-4C2")], true],
    ["jumps to Calico", forward, [jump("cali-FORWARD")], true],
    ["jumps to what an administrator made and filled", forward, [jump("DOCKER-USER")], true],
    ["jumps to what an administrator made and left empty", forward, [jump("CNI-ADMIN")], false],
    ["jumps to a chain of two that turn in a circle", forward, [jump("round")], false],
    ["jumps to a chain of that name in a table of its own", { ...forward, family: "inet" }, [jump("KUBE-FORWARD")], true],
    [
      "is for what the node itself gets",
      { ...forward, base: base({ hook: "input", policy: "drop" }) } as NftChain,
      [drop],
      false,
    ],
    ["is before routing", { ...forward, base: base({ hook: "prerouting" }) } as NftChain, [drop], true],
    ["is behind routing", { ...forward, base: base({ hook: "postrouting" }) } as NftChain, [drop], true],
    ["is kube-proxy's own in mode nftables", { ...forward, table: "kube-proxy" }, [drop], false],
    ["is our own", { ...forward, family: "inet", table: "strait" }, [drop], false],
    ["translates", { ...forward, base: base({ hook: "prerouting", type: "nat" }) } as NftChain, [rule({ name: "nat" })], false],
  ])("of a chain that %s", (_, chain, rules, counts) => {
    const filled: Record<string, readonly NftRule[]> = {
      "DOCKER-USER": [drop],
      "CNI-ADMIN": [],
      round: [jump("about")],
      about: [jump("round")],
    };
    const others = Object.keys(filled).map((name): NftChain => ({ family: chain.family, table: chain.table, name }));
    const found = findFilters({
      chains: [chain, ...others],
      rules: ({ name }) => (name === chain.name ? rules : (filled[name] ?? [])),
    });
    expect(found.filters).toEqual(counts ? [`table ${chain.family} ${chain.table}, chain FORWARD`] : []);
    expect(found.masquerades).toBe(false);
  });

  test("knows who may masquerade", () => {
    const nat = { ...forward, base: base({ hook: "postrouting", type: "nat", priority: 100 }) } as NftChain;
    const of = (chain: NftChain) => findFilters({ chains: [chain], rules: () => [drop] });
    expect(of(nat)).toMatchObject({ filters: [], masquerades: true });
    expect(of({ ...nat, table: "kube-proxy" })).toMatchObject({ filters: [], masquerades: true });
    expect(of({ ...nat, family: "inet", table: "strait" })).toMatchObject({ masquerades: false });
  });
});

describe("a look", () => {
  const base = { hook: "forward", priority: 0, type: "filter", policy: "accept" } as const;
  const chain: NftChain = { family: "ip", table: "calico", name: "forward", base };
  const found = ["table ip calico, chain forward"];
  const refuse = (): never => {
    throw new Error("nobody writes here");
  };
  const tables = (rules: NodeTables["rules"], chains = () => [chain]): NodeTables => ({
    generation: () => 1,
    chains,
    rules,
    replaceTable: refuse,
    deleteTable: refuse,
    close: () => {},
  });
  const drop: NftRule = { ...chain, chain: "forward", expressions: [{ name: "immediate", verdict: { kind: "drop" } }] };

  test("asks a kernel without nf_tables once for each doubt, and believes it when it has them", () => {
    let [asked, has] = [0, false];
    const open = () => {
      asked++;
      return has ? tables(() => [drop]) : undefined;
    };
    using look = new ForwardLook({ read: () => "", open });
    for (let pass = 0; pass < 3; pass++) expect(look.look().filters).toEqual([]);
    expect([asked, look.nftables]).toEqual([1, undefined]);
    has = true;
    expect(look.look().filters).toEqual([]);
    look.doubt();
    expect(look.look().filters).toEqual(found);
    expect(asked).toBe(2);
  });

  test("that failed is made again", () => {
    let failures = 1;
    const chains = () => {
      if (failures-- > 0) throw new Error("changed during each reading");
      return [chain];
    };
    using look = new ForwardLook({ read: () => "", open: () => tables(() => [drop], chains) });
    expect(() => look.look()).toThrow("changed during each reading");
    expect(look.look().filters).toEqual(found);
  });

  test("takes a chain with a rule that cannot be read for a filter", () => {
    const told: string[] = [];
    using look = new ForwardLook({
      read: () => "",
      unreadable: (reason) => told.push(reason),
      open: ({ unreadable }) =>
        tables(() => {
          unreadable("a rule: it has no name");
          return [];
        }),
    });
    expect(look.look().filters).toEqual(found);
    expect(told).toEqual(["a rule: it has no name"]);
  });
});

function run(...command: readonly string[]): void {
  const child = Bun.spawnSync([...command], { stderr: "pipe" });
  if (!child.success) throw new Error(`${command.join(" ")}: ${child.stderr}`);
}
const nft = (line: string): void => run("nft", ...line.split(" "));

inOwnNamespace(import.meta.path, () => {
  afterEach(() => nft("flush ruleset"));
  const calico = [
    "add table inet calico",
    "add chain inet calico forward { type filter hook forward priority 0 ; }",
    "add rule inet calico forward tcp dport 9 drop",
  ];

  test("a look tells what real rules are about, and looks again only where something changed", () => {
    using look = new ForwardLook({ read: () => "" });
    const first = look.look();
    expect(first).toEqual({ filters: [], masquerades: false });
    for (const line of calico) nft(line);
    expect(look.look()).toBe(first); // nobody said that there is news
    look.doubt();
    const second = look.look();
    expect(second).toEqual({ filters: ["table inet calico, chain forward"], masquerades: false });
    look.doubt();
    expect(look.look()).toBe(second);
    nft("delete table inet calico");
    look.doubt();
    expect(look.look()).toEqual(first);
  });

  test("a look knows the chains of iptables-nft", () => {
    using look = new ForwardLook({ read: () => "" });
    const seen = (): readonly string[] => {
      look.doubt();
      return look.look().filters;
    };
    for (const name of ["KUBE-FORWARD", "KUBE-ROUTER-FORWARD"]) run("iptables-nft", "-N", name);
    run("iptables-nft", "-A", "KUBE-FORWARD", "-m", "conntrack", "--ctstate", "INVALID", "-j", "DROP");
    run("iptables-nft", "-A", "FORWARD", "-j", "KUBE-FORWARD");
    run("iptables-nft", "-A", "FORWARD", "-s", "10.1.0.0/16", "-j", "ACCEPT");
    run(
      "iptables-nft",
      "-t",
      "mangle",
      "-A",
      "FORWARD",
      "-p",
      "tcp",
      "--tcp-flags",
      "SYN,RST",
      "SYN",
      "-j",
      "TCPMSS",
      "--clamp-mss-to-pmtu",
    );
    expect(seen()).toEqual([]);
    run("iptables-nft", "-A", "KUBE-ROUTER-FORWARD", "-d", "10.1.0.9/32", "-j", "REJECT");
    expect(seen()).toEqual([]);
    run("iptables-nft", "-A", "FORWARD", "-j", "KUBE-ROUTER-FORWARD");
    expect(seen()).toEqual(["table ip filter, chain FORWARD"]);
    run("iptables-nft", "-F", "FORWARD");
    expect(seen()).toEqual([]);
    run("iptables-nft", "-P", "FORWARD", "DROP");
    expect(seen()).toEqual(["table ip filter, chain FORWARD"]);
    run("iptables-nft", "-P", "FORWARD", "ACCEPT");
    run("iptables-nft", "-t", "nat", "-A", "POSTROUTING", "-j", "MASQUERADE");
    expect(seen()).toEqual([]);
    expect(look.look().masquerades).toBe(true);
  });

  test("a look takes the legacy tables of iptables by their names", () => {
    const names: Record<string, string> = { "/proc/net/ip_tables_names": "nat\n", "/proc/net/ip6_tables_names": "" };
    using look = new ForwardLook({ read: (path) => names[path] ?? "" });
    expect(look.look()).toEqual({ filters: [], masquerades: true });
    names["/proc/net/ip6_tables_names"] = "mangle\nfilter\n";
    expect(look.look()).toEqual({ filters: ["table filter of legacy ip6tables"], masquerades: true });
  });

  test("a look is asked for by changes that concern it, and by no others", () => {
    using look = new ForwardLook({ read: () => "" });
    run("iptables-nft", "-N", "KUBE-FORWARD");
    run("iptables-nft", "-A", "FORWARD", "-j", "KUBE-FORWARD");
    run("iptables-nft", "-t", "nat", "-A", "POSTROUTING", "-j", "MASQUERADE");
    for (const line of calico) nft(line);
    look.look();
    const event = (change: "present" | "gone", table: string, chain?: string, more = {}): NetlinkEvent => ({
      kind: "nftables",
      change,
      family: ["filter", "nat"].includes(table) ? "ip" : "inet",
      table,
      ...(chain !== undefined && { chain }),
      ...more,
    });
    const base = { hook: "forward", priority: 0, type: "filter", policy: "accept" } as const;
    const nat = { hook: "postrouting", priority: 100, type: "nat", policy: "accept" } as const;
    for (const [asks, of] of [
      [false, event("present", "filter", "KUBE-FORWARD")],
      [false, event("present", "filter", "KUBE-SVC-1")],
      [true, event("present", "filter", "FORWARD", { rule: true })],
      [false, event("present", "filter", "KUBE-FORWARD", { rule: true })],
      // Who writes a table again says anew which base chains it has.
      [false, event("present", "calico", "forward", { base })],
      [true, event("present", "calico", "forward", { base: { ...base, policy: "drop" } })],
      // That somebody may masquerade is known without the rules.
      [false, event("present", "nat", "POSTROUTING", { rule: true })],
      [false, event("present", "nat", "POSTROUTING", { base: nat })],
      [true, event("gone", "nat", "POSTROUTING")],
      [true, event("gone", "nat")],
      [true, event("gone", "calico", "forward")],
      [true, event("gone", "calico")],
      [false, event("gone", "other")],
      [false, event("present", "other")],
      [false, event("present", "other", "regular")],
      [true, event("present", "other", "forward", { base })],
      [false, event("present", "strait", "keep_sources", { base })],
      [true, { kind: "resync", reason: "lost" }],
      [true, { kind: "resync", reason: "lost", only: "nftables" }],
    ] as const) {
      expect([of, look.take(of)]).toEqual([of, asks]);
    }
  });
}, ["nft", "iptables-nft"]);
