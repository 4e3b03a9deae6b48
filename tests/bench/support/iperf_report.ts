// SPDX-License-Identifier: Apache-2.0

/** What reached the far end. */
export interface Received {
  /** Payload bytes of the whole run, warm-up included. */
  readonly bytes: number;
  /** Payload bytes per second after the warm-up. */
  readonly bytesPerSecond: number;
}

interface Interval {
  readonly sum: { readonly seconds: number; readonly bytes: number };
}

interface Report {
  readonly error?: string;
  readonly intervals?: readonly Interval[];
  readonly server_output_json?: Report;
}

/**
 * Reads `iperf3 -J --get-server-output` of a client. The receiver's intervals count, not the sender's: what the sender wrote into
 * a socket is not delivered yet. Intervals of the first `warmup` seconds do not count for the rate, nor does a stub at the end.
 *
 * @param step length of an interval (`-i`), in seconds
 * @throws Error with iperf3's own words where it failed, or where the report lacks the receiver's side.
 */
export function receivedOf(text: string, { warmup, step }: { readonly warmup: number; readonly step: number }): Received {
  const report = parse(text);
  const failure = report.error ?? report.server_output_json?.error;
  if (failure !== undefined) throw new Error(`iperf3: ${failure}`);
  const intervals = report.server_output_json?.intervals?.map(({ sum }) => sum);
  if (intervals === undefined || intervals.length === 0) throw new Error("iperf3: the report lacks the receiver's side");
  const steady = intervals.slice(Math.round(warmup / step)).filter(({ seconds }) => seconds >= step * 0.8);
  if (steady.length === 0) throw new Error("iperf3: the run was over before its warm-up");
  const total = (of: readonly Interval["sum"][], key: "bytes" | "seconds") => of.reduce((sum, each) => sum + each[key], 0);
  return { bytes: total(intervals, "bytes"), bytesPerSecond: total(steady, "bytes") / total(steady, "seconds") };
}

function parse(text: string): Report {
  try {
    return JSON.parse(text) as Report;
  } catch {
    throw new Error(`iperf3: not JSON: ${text.slice(0, 200).trim() || "no output"}`);
  }
}
