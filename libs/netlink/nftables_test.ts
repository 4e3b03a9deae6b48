// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { cidr } from "@strait/model";
import { attribute } from "./attributes.ts";
import { concat } from "./bytes.ts";
import { decodeNftChain, nftFamilyOf } from "./nft_chain.ts";
import { NFTA_CHAIN, NFTA_RULE } from "./nft_constants.ts";
import { decodeNftEvent } from "./nft_event.ts";
import { encodeChain, encodeRule, encodeTable, nfgenmsg, nft, nftType } from "./nft_request.ts";
import { decodeNftRule } from "./nft_rule.ts";
import { type NewNftTable, Nftables } from "./nftables.ts";
import { subscribe } from "./subscribe.ts";
import { inOwnNamespace } from "./testing/own_namespace.ts";

/** Runs nft(8): the second opinion. */
function nftTool(script: string): string {
  const child = Bun.spawnSync(["nft", "-f", "-"], { stdin: Buffer.from(script), stderr: "pipe" });
  if (!child.success) throw new Error(`nft: ${child.stderr}`);
  return child.stdout.toString();
}
const listed = (...what: string[]): string => Bun.spawnSync(["nft", "-n", "list", ...what]).stdout.toString();

const base = { hook: "postrouting", priority: 99, type: "nat", policy: "accept" } as const;
const rules = [
  {
    comment: "10.1.0.0/16 stays",
    expressions: [
      ...nft.family(4),
      ...nft.outputInterface("strait0"),
      ...nft.source(cidr("10.1.128.0/18")),
      ...nft.notRedirected(),
      ...nft.keepSource(4),
    ],
  },
  { comment: "what came stays", expressions: [...nft.family(6), ...nft.inputInterface("strait0"), ...nft.keepSource(6)] },
];
const table: NewNftTable = { family: "inet", name: "strait", chains: [{ name: "keep", base, rules }] };

describe("Decoders of nf_tables", () => {
  const rule = concat(...encodeRule("inet", "strait", "keep", rules[0] ?? { comment: "", expressions: [] }));
  const chain = concat(
    ...encodeChain("ip6", "filter", { name: "FORWARD", base: { ...base, policy: "drop", priority: -150 }, rules }),
  );

  test("give back what was encoded", () => {
    expect(decodeNftChain(chain)).toEqual({
      ok: true,
      value: { family: "ip6", table: "filter", name: "FORWARD", base: { ...base, policy: "drop", priority: -150 } },
    });
    expect(decodeNftRule(rule)).toMatchObject({
      value: { family: "inet", table: "strait", chain: "keep", comment: "10.1.0.0/16 stays" },
    });
    const event = { flags: 0, sequence: 0, port: 0 };
    expect(decodeNftEvent({ ...event, type: nftType(0), payload: concat(...encodeTable("ip", "t")) })).toEqual({
      ok: true,
      value: { kind: "nftables", change: "present", family: "ip", table: "t" },
    });
    expect(decodeNftEvent({ ...event, type: nftType(8), payload: rule })).toEqual({
      ok: true,
      value: { kind: "nftables", change: "gone", family: "inet", table: "strait", chain: "keep", rule: true },
    });
    expect(decodeNftEvent({ ...event, type: nftType(3), payload: chain })).toMatchObject({
      value: { change: "present", family: "ip6", table: "filter", chain: "FORWARD", base: { hook: "postrouting" } },
    });
  });

  test("pass over families that are not about IP", () => {
    const bridge = concat(nfgenmsg(7), attribute.string(NFTA_CHAIN.TABLE, "t"), attribute.string(NFTA_CHAIN.NAME, "c"));
    expect(nftFamilyOf(bridge)).toBeUndefined();
    expect(decodeNftChain(bridge)).toEqual({ ok: true, value: undefined });
    expect(decodeNftRule(bridge)).toEqual({ ok: true, value: undefined });
  });

  test("refuse what has no name, and a hook nobody knows", () => {
    expect(decodeNftChain(nfgenmsg(2))).toEqual({ ok: false, reason: "a chain: it has no table" });
    expect(decodeNftRule(concat(nfgenmsg(2), attribute.string(NFTA_RULE.TABLE, "t"))).ok).toBe(false);
    const strange = concat(
      nfgenmsg(2),
      attribute.string(1, "t"),
      attribute.string(3, "c"),
      attribute.nested(4, attribute.u32(1, 0x63000000)),
    );
    expect(decodeNftChain(strange)).toEqual({ ok: false, reason: "a chain: hook 99" });
  });

  test.each([
    ["a rule", decodeNftRule, rule],
    ["a chain", decodeNftChain, chain],
  ] as const)("answer every cut and damaged %s without throwing", (_, decode, payload) => {
    for (let length = 0; length < payload.length; length++) decode(payload.subarray(0, length));
    for (let at = 0; at < payload.length; at++) {
      for (const byte of [0, 1, 0x7f, 0xff]) {
        const damaged = payload.slice();
        damaged[at] = byte;
        decode(damaged);
      }
    }
  });
});

inOwnNamespace(import.meta.path, () => {
  test("chains and rules come as nft(8) made them", () => {
    using nftables = Nftables.open();
    if (!nftables) throw new Error("this kernel has no nf_tables");
    expect(nftables.chains()).toEqual([]);
    nftTool(`
      table inet calico {
        chain cali-forward { tcp dport 80 accept; reject; }
        chain forward { type filter hook forward priority -5; policy drop;
          ct state established,related accept
          jump cali-forward
          ip saddr vmap { 10.0.0.1 : drop }
        }
      }
      table ip nat { chain POSTROUTING { type nat hook postrouting priority srcnat; ip saddr 10.1.0.0/16 masquerade; }; }
      table bridge ignored { chain forward { type filter hook forward priority 0; }; }
    `);
    const chains = nftables.chains();
    expect(chains).toHaveLength(3);
    const forward = { family: "inet", table: "calico", name: "forward" } as const;
    expect(chains).toContainEqual({ ...forward, base: { hook: "forward", priority: -5, type: "filter", policy: "drop" } });
    expect(chains).toContainEqual({ family: "inet", table: "calico", name: "cali-forward" });
    expect(chains.find(({ table: name }) => name === "nat")?.base).toEqual({ ...base, priority: 100 });
    const verdicts = nftables.rules(forward).map(({ expressions }) => expressions.flatMap(({ verdict }) => verdict ?? []));
    expect(verdicts).toEqual([[{ kind: "accept" }], [{ kind: "jump", chain: "cali-forward" }], [{ kind: "map", set: "__map0" }]]);
    expect(
      nftables
        .rules({ ...forward, name: "cali-forward" })
        .at(-1)
        ?.expressions.map(({ name }) => name),
    ).toEqual(["reject"]);
    expect(nftables.rules({ ...forward, name: "nobody" })).toEqual([]);
    expect(nftables.rules({ ...forward, table: "nobody" })).toEqual([]);
  });

  test("extensions of iptables come with their names", () => {
    using nftables = Nftables.open();
    const child = Bun.spawnSync(["iptables-nft", "-A", "FORWARD", "-p", "tcp", "--dport", "9", "-j", "REJECT"], {
      stderr: "pipe",
    });
    if (!child.success) throw new Error(child.stderr.toString());
    const found = nftables?.rules({ family: "ip", table: "filter", name: "FORWARD" }) ?? [];
    expect(found.flatMap(({ expressions }) => expressions.map(({ name, target }) => target ?? name))).toContain("REJECT");
  });

  test("a table is made whole, as nft(8) shows it, replaced and deleted", () => {
    using nftables = Nftables.open();
    const before = nftables?.generation();
    nftables?.replaceTable(table);
    expect(nftables?.generation()).not.toBe(before);
    const shown = listed("table", "inet", "strait");
    expect(shown).toContain("type nat hook postrouting priority 99; policy accept;");
    expect(shown).toContain('oifname "strait0" ip saddr 10.1.128.0/18 ct status ! 0x20 snat ip to ip saddr');
    expect(shown).toContain('comment "10.1.0.0/16 stays"');
    expect(shown).toContain('iifname "strait0" snat ip6 to ip6 saddr');
    const chain = { family: "inet", table: "strait", name: "keep" } as const;
    expect(nftables?.rules(chain).map(({ comment }) => comment)).toEqual(["10.1.0.0/16 stays", "what came stays"]);
    nftables?.replaceTable({ ...table, chains: [{ name: "keep", base, rules: rules.slice(1) }] });
    expect(nftables?.rules(chain).map(({ comment }) => comment)).toEqual(["what came stays"]);
    expect(nftables?.deleteTable("inet", "strait")).toBe(true);
    expect(nftables?.deleteTable("inet", "strait")).toBe(false);
    expect(listed("tables")).not.toContain("strait");
  });

  test("a table of which one part is refused leaves everything as it was, and the socket answers on", () => {
    using nftables = Nftables.open();
    nftables?.replaceTable(table);
    const broken = { comment: "broken", expressions: nft.source(cidr("10.0.0.0/8")).slice(1) };
    const chains = [
      { name: "keep", base, rules: [...rules, { ...broken, expressions: [attribute.bytes(1, Uint8Array.of(1, 2, 3, 4))] }] },
    ];
    expect(() => nftables?.replaceTable({ ...table, chains })).toThrow(/^cannot make table inet strait: /);
    expect(nftables?.rules({ family: "inet", table: "strait", name: "keep" })).toHaveLength(2);
    expect(nftables?.deleteTable("inet", "strait")).toBe(true);
  });

  test("subscribe tells that notifications of nf_tables were lost, and that it is no more than those", async () => {
    using nftables = Nftables.open();
    const ended = new AbortController();
    const events = subscribe({ groups: ["link", "nftables"] }, ended.signal);
    // All of this happens before the event loop may read: far more than the socket holds.
    const many = Array.from({ length: 40 }, () => rules).flat();
    for (let round = 0; round < 150; round++) nftables?.replaceTable({ ...table, chains: [{ name: "keep", base, rules: many }] });
    for await (const event of events) {
      if (event.kind !== "resync") continue;
      expect(event).toMatchObject({ only: "nftables", reason: "the kernel dropped notifications (ENOBUFS)" });
      break;
    }
    ended.abort();
    nftables?.deleteTable("inet", "strait");
  });

  test("subscribe tells of tables, chains and rules beside links", async () => {
    const events = subscribe({ groups: ["link", "nftables"] }, new AbortController().signal);
    nftTool("table inet t { chain forward { type filter hook forward priority 0; }; }\ndelete table inet t");
    const seen: string[] = [];
    for await (const event of events) {
      if (event.kind !== "nftables") continue;
      seen.push(`${event.change} ${event.table} ${event.chain ?? "-"} ${event.base?.hook ?? "-"}`);
      if (event.change === "gone" && event.chain === undefined) break;
    }
    expect(seen).toContain("present t - -");
    expect(seen).toContain("present t forward forward");
    expect(seen.at(-1)).toBe("gone t - -");
  });
}, ["nft", "iptables-nft"]);
