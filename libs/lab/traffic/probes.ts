// SPDX-License-Identifier: Apache-2.0
import type { Place } from "../place.ts";
import type { Family } from "../spec.ts";
import type { TrafficDriver } from "./driver.ts";

export interface PingOptions {
  readonly family?: Family;
  /** Bytes of ICMP payload; 56 when absent. The IP packet is 28 (IPv4) or 48 (IPv6) bytes longer. */
  readonly size?: number;
  /** 1 when absent. */
  readonly count?: number;
  /** Forbids fragments; false when absent. */
  readonly df?: boolean;
  /** For each reply, in milliseconds; 3000 when absent: a machine may be that busy. */
  readonly timeout?: number;
}

export interface PingResult {
  readonly ok: boolean;
  readonly sent: number;
  readonly received: number;
  /** Path MTU that a router reported in an ICMP error, where one did. */
  readonly reportedMtu?: number;
  /** What ping printed. */
  readonly output: string;
}

/** `ping` of iputils from one place to another. */
export async function ping(from: Place, to: Place, options: PingOptions = {}): Promise<PingResult> {
  const family = options.family ?? 4;
  const count = options.count ?? 1;
  const seconds = (options.timeout ?? 3000) / 1000;
  const argv = ["ping", `-${family}`, "-n", "-c", `${count}`, "-i", "0.01", "-W", `${seconds}`, "-s", `${options.size ?? 56}`];
  if (options.df === true) argv.push("-M", "do");
  const { code, stdout, stderr } = await from.exec([...argv, to.address(family)]);
  const output = stdout + stderr;
  const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(output) ?? [];
  const mtu = /mtu\s*[=:]\s*(\d+)/i.exec(output)?.[1];
  return {
    ok: code === 0 && sent === received,
    sent: Number(sent ?? count),
    received: Number(received ?? 0),
    ...(mtu === undefined ? {} : { reportedMtu: Number(mtu) }),
    output,
  };
}

export interface TcpOptions {
  readonly family?: Family;
  /** 1 MiB when absent. */
  readonly bytes?: number;
  /** For the whole exchange, in milliseconds; 20000 when absent. */
  readonly timeout?: number;
}

/** `ok` is false where the stream did not get through, and `reason` says why. */
export interface TcpResult {
  readonly ok: boolean;
  readonly sha256Equal: boolean;
  /** Source address the receiver saw; "" where nothing arrived. */
  readonly sourceSeen: string;
  /** Connect to answer, in milliseconds. */
  readonly ms: number;
  readonly reason?: string;
}

/** A TCP stream of random bytes, compared by SHA-256 at the far end. */
export async function tcp(driver: TrafficDriver, to: Place, options: TcpOptions = {}): Promise<TcpResult> {
  const answer = await driver.ask({
    do: "tcp",
    host: to.address(options.family ?? 4),
    bytes: options.bytes ?? 1 << 20,
    timeout: options.timeout ?? 20_000,
  });
  if (!answer.ok) return { ok: false, sha256Equal: false, sourceSeen: "", ms: 0, reason: answer.reason };
  const { sha256Equal, sourceSeen, ms } = answer as unknown as Omit<TcpResult, "ok">;
  return { ok: sha256Equal, sha256Equal, sourceSeen, ms };
}

export interface UdpOptions {
  readonly family?: Family;
  /** Bytes of UDP payload; 64 when absent. The IP packet is 28 (IPv4) or 48 (IPv6) bytes longer. */
  readonly size?: number;
  /** For each try, in milliseconds; 3000 when absent. */
  readonly timeout?: number;
  /** Datagrams sent before giving up; 1 when absent. */
  readonly tries?: number;
}

export interface UdpResult {
  readonly received: boolean;
  readonly sourceSeen: string;
  /** Which try was answered. */
  readonly tries: number;
  readonly reason?: string;
}

/** A random datagram, echoed by the far end at the same size together with what it saw. */
export async function udp(driver: TrafficDriver, to: Place, options: UdpOptions = {}): Promise<UdpResult> {
  const answer = await driver.ask({
    do: "udp",
    host: to.address(options.family ?? 4),
    size: options.size ?? 64,
    timeout: options.timeout ?? 3000,
    tries: options.tries ?? 1,
  });
  if (!answer.ok) return { received: false, sourceSeen: "", tries: 0, reason: answer.reason };
  const { received, sourceSeen, tries } = answer as unknown as UdpResult;
  return { received, sourceSeen, tries };
}

export interface FlowOptions {
  readonly family?: Family;
  readonly size?: number;
  /** Between datagrams, in milliseconds; 5 when absent. */
  readonly every?: number;
}

export interface FlowResult {
  readonly sent: number;
  /** Datagrams whose echo came back. */
  readonly received: number;
  /** Longest time between two echoes, in milliseconds. */
  readonly longestGapMs: number;
  /** The first ten times without an echo that were longer than 200 ms, and when each began: the time of day that logs have. */
  readonly gaps: readonly { readonly at: string; readonly ms: number }[];
  /** From the last echo to the moment it was stopped, in milliseconds. */
  readonly quietMs: number;
}

/** A steady stream of datagrams, running until {@link Flow.stop}: what tests look at while something is broken or restarted. */
export class Flow {
  readonly #driver: TrafficDriver;
  readonly #id: number;

  private constructor(driver: TrafficDriver, id: number) {
    this.#driver = driver;
    this.#id = id;
  }

  static async start(driver: TrafficDriver, to: Place, options: FlowOptions = {}): Promise<Flow> {
    const asked = driver.ask({
      do: "flow",
      host: to.address(options.family ?? 4),
      size: options.size ?? 64,
      every: options.every ?? 5,
    });
    const answer = await asked;
    if (!answer.ok) throw new Error(`flow to ${to.label}: ${answer.reason}`);
    return new Flow(driver, answer.id);
  }

  /** Sends no more and waits up to `linger` milliseconds for echoes under way. */
  async stop(linger = 500): Promise<FlowResult> {
    const answer = await this.#driver.ask({ do: "stop", flow: this.#id, linger });
    if (!answer.ok) throw new Error(answer.reason);
    return answer as unknown as FlowResult;
  }
}
