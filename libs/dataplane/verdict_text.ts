// SPDX-License-Identifier: Apache-2.0
import { type Address, formatAddress } from "@strait/model";
import type { TracedVerdict } from "./trace.ts";

/** Protocols with ports in front of their headers have them told. */
const PROTOCOLS: Readonly<Record<number, { readonly name: string; readonly ports?: true }>> = {
  1: { name: "icmp" },
  6: { name: "tcp", ports: true },
  17: { name: "udp", ports: true },
  58: { name: "icmpv6" },
  132: { name: "sctp", ports: true },
};

/**
 * One line of a trace: time, hook, reason, interface, source → destination, protocol, bytes.
 *
 * @param bootedAt nanoseconds since the epoch at which CLOCK_BOOTTIME was 0
 * @example
 * 2026-01-01T00:00:00.123456Z pod sent veth0 10.1.1.2:40000 → 10.2.1.2:80 tcp 1514 bytes
 */
export function formatVerdict(verdict: TracedVerdict, bootedAt: bigint): string {
  const { time, hook, reason, src, dst, sport, dport, protocol, length } = verdict;
  const known = PROTOCOLS[protocol];
  const place = (address: Address | undefined, port: number): string => {
    if (!address) return "?";
    const text = formatAddress(address);
    if (!known?.ports) return text;
    return address.family === 6 ? `[${text}]:${port}` : `${text}:${port}`;
  };
  const packet = src || dst ? `${place(src, sport)} → ${place(dst, dport)} ${known?.name ?? `protocol ${protocol}`}` : "not IP";
  return `${formatTime(bootedAt + time)} ${hook} ${reason} ${verdict.interface} ${packet} ${length} bytes`;
}

/** ISO 8601 with microseconds. */
function formatTime(nanoseconds: bigint): string {
  const micros = nanoseconds / 1000n;
  const whole = new Date(Number(micros / 1000n)).toISOString();
  return whole.replace("Z", `${String(micros % 1000n).padStart(3, "0")}Z`);
}

/** When this machine was at CLOCK_BOOTTIME 0, in nanoseconds since the epoch; `uptime` is the text of /proc/uptime. */
export function bootTime(uptime: string, now: number): bigint {
  const [seconds = "0"] = uptime.split(" ");
  return BigInt(now) * 1_000_000n - BigInt(Math.round(Number(seconds) * 1000)) * 1_000_000n;
}
