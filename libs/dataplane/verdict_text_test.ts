// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address } from "@strait/model";
import type { TracedVerdict } from "./trace.ts";
import { bootTime, formatVerdict } from "./verdict_text.ts";

const base: TracedVerdict = {
  time: 1_500_000n,
  reason: "sent",
  hook: "pod",
  ifindex: 7,
  interface: "veth0",
  length: 1514,
  src: address("10.1.1.2"),
  dst: address("10.2.1.2"),
  sport: 40000,
  dport: 80,
  protocol: 6,
};
const BOOT = BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n;

test.each<[string, Partial<TracedVerdict>, string]>([
  ["tcp with ports", {}, "pod sent veth0 10.1.1.2:40000 → 10.2.1.2:80 tcp 1514 bytes"],
  [
    "IPv6 ports behind brackets",
    { src: address("fd01::2"), dst: address("fd02::2"), protocol: 17 },
    "pod sent veth0 [fd01::2]:40000 → [fd02::2]:80 udp 1514 bytes",
  ],
  ["icmp without ports", { protocol: 1, sport: 0, dport: 0 }, "pod sent veth0 10.1.1.2 → 10.2.1.2 icmp 1514 bytes"],
  ["a protocol without a name", { protocol: 47 }, "pod sent veth0 10.1.1.2 → 10.2.1.2 protocol 47 1514 bytes"],
  ["::", { src: address("::"), dst: address("ff02::1"), protocol: 58 }, "pod sent veth0 :: → ff02::1 icmpv6 1514 bytes"],
])("formatVerdict: %s", (_name, more, expected) => {
  expect(formatVerdict({ ...base, ...more }, BOOT)).toBe(`2026-01-01T00:00:00.001500Z ${expected}`);
});

test("formatVerdict says of a packet without addresses that it is not IP", () => {
  const { src: _src, dst: _dst, ...arp } = base;
  expect(formatVerdict({ ...arp, reason: "pass_not_ip", protocol: 0 }, BOOT)).toEndWith(
    "pod pass_not_ip veth0 not IP 1514 bytes",
  );
});

test("bootTime is now less the uptime", () => {
  expect(bootTime("100.25 300.00\n", 1_000_000)).toBe(899_750_000_000n);
});
