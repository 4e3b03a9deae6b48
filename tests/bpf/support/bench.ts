// SPDX-License-Identifier: Apache-2.0
/** Programs on the bench: loaded with maps of their own, attached nowhere, run by BPF_PROG_TEST_RUN. */
import {
  type Count,
  decodeCount,
  decodeTraffic,
  encodeU32,
  type ReasonName,
  reasonNames,
  rowCodecs,
  type Traffic,
} from "@strait/codec";
import { capabilities } from "@strait/dataplane";
import { BpfObject, type TestRunResult } from "@strait/ffi";
import type { MapName, RowOf } from "@strait/model";
import { buildPacket, type Layer, requires } from "@strait/testkit";
import { DEVICE, type SceneRows } from "./scene.ts";

const OBJECT = "build/bpf/encap.o";
const UNITS = "build/bpf/unit";

/** Why the programs cannot be run here; undefined where they can. */
export const unfit = requires({
  root: true,
  files: [OBJECT, `${UNITS}/from_tunnel.o`, `${UNITS}/tagged.o`, "build/native/libstraitshim.so"],
});

/** The programs of encap.c, and those of bpf/unit that put packets before them which BPF_PROG_TEST_RUN cannot make. */
export const programNames = {
  from_pod: "strait_from_pod",
  from_host: "strait_from_host",
  from_wire: "strait_from_wire",
  from_tunnel: "strait_from_tunnel",
  keyed_from_tunnel: "unit_from_tunnel",
  tagged_from_pod: "unit_tagged_from_pod",
  tagged_from_wire: "unit_tagged_from_wire",
} as const;
export type ProgramName = keyof typeof programNames;

/** What tc makes of a return value; others never come. */
export const verdicts = { pass: -1, drop: 2, redirect: 7 } as const;
export type Verdict = keyof typeof verdicts;

export interface RunOptions {
  /** Words the program finds in the control buffer. */
  readonly cb?: readonly number[];
  /** A GSO packet: bytes of payload per segment, and how many there are. */
  readonly gsoSize?: number;
  readonly gsoSegs?: number;
}

/** What became of one packet. */
export interface Outcome {
  readonly verdict: Verdict | number;
  /** All reasons that were counted, with how often: exactly one, once. */
  readonly reasons: Readonly<Partial<Record<ReasonName, number>>>;
  /** Bytes that were counted with it. */
  readonly bytes: number;
  readonly data: Uint8Array;
}

export interface BenchOptions {
  /** The programs of this file of bpf/unit in place of encap.c. */
  readonly unit?: "from_tunnel" | "tagged";
  /** Values of config.h that differ from the usual. */
  readonly config?: Readonly<Record<string, number | boolean>>;
}

/** The programs of one node. */
export class Bench implements Disposable {
  readonly #object: BpfObject;
  #counted: readonly Count[];

  constructor(rows: SceneRows, { unit, config = {} }: BenchOptions = {}) {
    const path = unit === undefined ? OBJECT : `${UNITS}/${unit}.o`;
    this.#object = BpfObject.open(path, { config: { strait0_ifindex: DEVICE, can_pop_mixed: popsMixed(), ...config } });
    this.#object.load();
    for (const name of Object.keys(rows) as MapName[]) this.put(name, rows[name] ?? []);
    this.#counted = this.counters();
  }

  get object(): BpfObject {
    return this.#object;
  }

  put<M extends MapName>(name: M, rows: readonly RowOf[M][]): void {
    const { encodeKey, encodeValue } = rowCodecs[name];
    this.#object.map(`strait_${name}`).updateBatch(rows.map((row) => [encodeKey(row), encodeValue(row)]));
  }

  run(program: ProgramName, packet: readonly Layer[] | Uint8Array, options: RunOptions = {}): Outcome {
    const data = packet instanceof Uint8Array ? packet : buildPacket(packet);
    const context = { ifindex: DEVICE, ...options };
    const result: TestRunResult = this.#object.program(programNames[program]).testRun({ data, context });
    const before = this.#counted;
    this.settle();
    const reasons: Partial<Record<ReasonName, number>> = {};
    let bytes = 0;
    for (const [i, { packets, bytes: total }] of this.#counted.entries()) {
      const name = reasonNames[i];
      const more = packets - (before[i]?.packets ?? 0n);
      if (name !== undefined && more !== 0n) reasons[name] = Number(more);
      bytes += Number(total - (before[i]?.bytes ?? 0n));
    }
    const verdict = verdictName(result.verdict);
    return { verdict, reasons, bytes, data: verdict === "redirect" ? asSent(result.data) : result.data };
  }

  /** Runs a packet and gives the bare return value; the counters are left for later. */
  probe(program: ProgramName, packet: readonly Layer[] | Uint8Array): number {
    const data = packet instanceof Uint8Array ? packet : buildPacket(packet);
    return this.#object.program(programNames[program]).testRun({ data, context: { ifindex: DEVICE } }).verdict;
  }

  /** Forgets what was counted up to now, so that the next run tells its own count only. */
  settle(): void {
    this.#counted = this.counters();
  }

  /** strait_reasons, by reason. */
  counters(): Count[] {
    return [...this.#object.map("strait_reasons").entriesPerCpu()].map(([, values]) => decodeCount(values));
  }

  /** The row of strait_traffic of a hop. */
  traffic(hop: number): Traffic {
    return decodeTraffic(this.#object.map("strait_traffic").lookupPerCpu(encodeU32(hop)) ?? []);
  }

  [Symbol.dispose](): void {
    this.#object.close();
  }
}

function verdictName(value: number): Verdict | number {
  return (Object.keys(verdicts) as Verdict[]).find((name) => verdicts[name] === value) ?? value;
}

/** bpf_redirect_neigh writes the Ethernet header anew, from what the skb says; a pushed header of the other family leaves the old type. */
function asSent(data: Uint8Array): Uint8Array {
  const sent = data.slice();
  sent.set((sent[14] ?? 0) >> 4 === 4 ? [0x08, 0x00] : [0x86, 0xdd], 12);
  return sent;
}

/** Whether this kernel can take an outer header off a packet of the other family (Linux 6.3). */
export function popsMixed(): boolean {
  return capabilities(OBJECT).popMixed === "yes";
}
