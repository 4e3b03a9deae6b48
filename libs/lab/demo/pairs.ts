// SPDX-License-Identifier: Apache-2.0
import { type Family, forgetPathMtu, type Lab, type Place } from "../mod.ts";
import { table } from "./table.ts";

/** One line of the demo's result: did everything pass from one pod to another? */
export interface Pair {
  /** Label of the node whose pod sends: "east/w1". */
  readonly from: string;
  readonly to: string;
  /** Of the pods' addresses. */
  readonly family: Family;
  readonly ping: boolean;
  /** 16 MiB, equal by SHA-256. */
  readonly tcp: boolean;
  /** A datagram as large as the path takes, there and back. */
  readonly udp: boolean;
  /** The receiver saw the sending pod's own address, over TCP and over UDP. */
  readonly sourcePreserved: boolean;
}

/** A pair with what the JSON leaves out. */
export interface Measured {
  readonly pair: Pair;
  /** What failed, and how. */
  readonly reasons: readonly string[];
}

export interface MeasureOptions {
  /** Largest IP packet of the pods that needs no fragments, in bytes. */
  readonly packet: number;
  /** Bytes of each TCP stream; 16 MiB when absent. */
  readonly bytes?: number;
  /** Pairs measured at a time; 4 when absent. */
  readonly parallel?: number;
}

/**
 * Measures every ordered pair of pods of different clusters, in each family both have.
 *
 * @example
 * const measured = await measurePairs(lab, lab.pods, { packet: 1450 });
 */
export async function measurePairs(lab: Lab, pods: readonly Place[], options: MeasureOptions): Promise<readonly Measured[]> {
  const todo = pods.flatMap((from) =>
    pods
      .filter((to) => to.cluster !== from.cluster)
      .flatMap((to) => from.families.filter((family) => to.families.includes(family)).map((family) => ({ from, to, family }))),
  );
  await Promise.all(pods.map((pod) => lab.traffic.driver(pod)));
  await forgetPathMtu(...pods);
  const measured: Measured[] = new Array(todo.length);
  const queue = todo.entries();
  const worker = async () => {
    for (const [index, { from, to, family }] of queue) measured[index] = await measure(lab, from, to, family, options);
  };
  await Promise.all(Array.from({ length: options.parallel ?? 4 }, worker));
  return measured;
}

async function measure(lab: Lab, from: Place, to: Place, family: Family, options: MeasureOptions): Promise<Measured> {
  const bytes = options.bytes ?? 16 << 20;
  const headers = family === 4 ? 20 + 8 : 40 + 8;
  const ping = await lab.ping(from, to, { family });
  const udp = await lab.udp(from, to, { family, size: options.packet - headers, tries: 3, timeout: 1000 });
  const tcp = await lab.tcp(from, to, { family, bytes, timeout: ping.ok || udp.received ? 10_000 : 1000 });
  const own = from.address(family);
  const reasons = [
    ...(ping.ok ? [] : [`ping: ${ping.received} of ${ping.sent} came back`]),
    ...(udp.received ? [] : [`udp: ${udp.reason ?? "no answer"}`]),
    ...(tcp.ok ? [] : [`tcp: ${tcp.reason ?? "the bytes differ"}`]),
    ...(udp.received && udp.sourceSeen !== own ? [`udp: came from ${udp.sourceSeen}`] : []),
    ...(tcp.ok && tcp.sourceSeen !== own ? [`tcp: came from ${tcp.sourceSeen}`] : []),
  ];
  return {
    pair: {
      from: nodeOf(from),
      to: nodeOf(to),
      family,
      ping: ping.ok,
      tcp: tcp.ok,
      udp: udp.received,
      sourcePreserved: tcp.sourceSeen === own && udp.sourceSeen === own,
    },
    reasons,
  };
}

/** True where nothing of a pair failed. */
export function pairOk(pair: Pair): boolean {
  return pair.ping && pair.tcp && pair.udp && pair.sourcePreserved;
}

function nodeOf(pod: Place): string {
  return pod.label.slice(0, pod.label.lastIndexOf("/"));
}

/** A table of what was measured; `packet` is the size it was measured with. */
export function drawPairs(measured: readonly Measured[], packet: number): string {
  const word = (good: boolean) => (good ? "ok" : "FAILED");
  return table(
    ["from", "to", "family", "ping", "tcp 16 MiB", `udp in ${packet}`, "source kept", ""],
    measured.map(({ pair, reasons }) => [
      pair.from,
      pair.to,
      `IPv${pair.family}`,
      word(pair.ping),
      word(pair.tcp),
      word(pair.udp),
      word(pair.sourcePreserved),
      reasons.join("; "),
    ]),
  );
}
