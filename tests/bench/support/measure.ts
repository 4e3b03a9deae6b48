// SPDX-License-Identifier: Apache-2.0
import { keepAwake } from "./awake.ts";
import type { Bed } from "./bed.ts";
import { notCarried } from "./carried.ts";
import { coresBetween, readCpuTime } from "./cpu_time.ts";
import { receivedOf } from "./iperf_report.ts";
import type { Case, Measurement } from "./measurement.ts";
import { IPERF_PORT, IPERF_STEP, RR_PORT } from "./servers.ts";
import { significant } from "./statistics.ts";

export interface MeasureOptions {
  /** Of one measurement, warm-up included; whole seconds (iperf3 knows no others). */
  readonly seconds: number;
  readonly warmup: number;
  /** Path of the compiled rr.c. */
  readonly rr: string;
}

/** Payload of a datagram of udp64 and of a request and an answer of rr, in bytes. */
const SMALL = 64;

interface Outcome {
  readonly values: Measurement["values"];
  /** Payload that arrived, warm-up included. */
  readonly bytes: number;
}

/**
 * Measures one case over one way.
 *
 * @throws Error where the test failed, or where some stage of the way did not carry its packets
 */
export async function measure(bed: Bed, of: Case, options: MeasureOptions): Promise<Measurement> {
  const before = await bed.carried();
  const cpuBefore = readCpuTime();
  const began = performance.now();
  const { values, bytes } = of.test === "rr" ? await exchange(bed, of, options) : await stream(bed, of, options);
  const seconds = (performance.now() - began) / 1000;
  const cores = coresBetween(cpuBefore, readCpuTime());
  const refused = notCarried(before, await bed.carried(), bytes);
  if (refused !== undefined) throw new Error(`the packets did not go this way: ${refused}`);
  // The whole run counts, so that what the start costs is weighed against what it moved.
  const cpu = of.test === "tcp" ? { cpu: significant((cores * seconds) / ((bytes * 8) / 1e9)) } : {};
  return { ...of, way: bed.way, values: { ...values, ...cpu }, seconds: significant(seconds), cores: significant(cores) };
}

async function stream(bed: Bed, { test, family, streams }: Case, { seconds, warmup }: MeasureOptions): Promise<Outcome> {
  const udp = test === "udp64" ? ["-u", "-l", `${SMALL}`, "-b", "0"] : [];
  const where = ["-c", bed.to.address(family), "-p", `${IPERF_PORT}`, "--connect-timeout", "3000"];
  const what = ["-t", `${seconds}`, "-i", `${IPERF_STEP}`, "-P", `${streams}`, ...udp, "-J", "--get-server-output"];
  const { stdout, stderr } = await bed.from.exec(["iperf3", ...where, ...what], { signal: limit(seconds) });
  const { bytes, bytesPerSecond } = receivedOf(stdout === "" ? stderr : stdout, { warmup, step: IPERF_STEP });
  const throughput = test === "udp64" ? bytesPerSecond / SMALL : (bytesPerSecond * 8) / 1e9;
  return { values: { throughput: significant(throughput) }, bytes };
}

async function exchange(bed: Bed, { family }: Case, { seconds, warmup, rr }: MeasureOptions): Promise<Outcome> {
  await using _awake = keepAwake(rr);
  const argv = [rr, "ask", bed.to.address(family), `${RR_PORT}`, `${seconds - warmup}`, `${warmup}`];
  const { code, stdout, stderr } = await bed.from.exec(argv, { signal: limit(seconds) });
  if (code !== 0) throw new Error(stderr.trim() || `rr ended with ${code}`);
  const { p50, p99, exchanges } = JSON.parse(stdout) as {
    readonly p50: number;
    readonly p99: number;
    readonly exchanges: number;
  };
  return { values: { p50, p99 }, bytes: exchanges * SMALL };
}

/** A test that hangs must not hold up the run. */
function limit(seconds: number): AbortSignal {
  return AbortSignal.timeout((seconds + 15) * 1000);
}
