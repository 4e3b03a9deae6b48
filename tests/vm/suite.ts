// SPDX-License-Identifier: Apache-2.0
/**
 * Runs test files of the repository inside the guest, each in a `bun test` of its own.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readOutcomes, type TestOutcome } from "../support/junit.ts";
import { type BootOptions, Vm, VmEnded } from "./boot.ts";
import type { RunResult } from "./run.ts";

/** What came of one test file in the guest. */
export interface FileReport {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly seconds: number;
  /** Never empty: a file that did not load, hung or took the kernel down is a failed test of that name. */
  readonly tests: readonly TestOutcome[];
}

/** A test file to run, and how long it may take under emulation, 10 to 20 times slower than the machine. */
export interface Job {
  readonly file: string;
  /** For tests that set no limit of their own. */
  readonly testLimitSeconds: number;
  /** A file that runs longer is killed. */
  readonly fileLimitSeconds: number;
}

/** Tests in namespaces mostly wait for each other's packets, so more files than processors run at the same time. */
const AT_ONCE = 3;

/**
 * Runs `jobs` in one machine, a few at the same time, and boots another machine if a test takes this one down. JUnit reports
 * and output are kept in `results`.
 *
 * @param options.first a machine that is up already; it is ended with the others
 * @param options.onFile told of each file when it is done
 * @returns the reports in the order of `jobs`
 */
export async function runJobs(
  jobs: readonly Job[],
  machine: BootOptions,
  options: {
    readonly results: string;
    readonly first?: Vm;
    readonly onFile?: (report: FileReport) => void;
    readonly signal?: AbortSignal;
  },
): Promise<FileReport[]> {
  await using guests = new Guests(machine, options.first);
  mkdirSync(options.results, { recursive: true });
  const reports: FileReport[] = [];
  const queue = jobs.entries();
  // All workers take from one iterator: each job comes out once.
  const work = async (): Promise<void> => {
    for (const [index, job] of queue) {
      options.signal?.throwIfAborted();
      const vm = await guests.alive();
      const started = performance.now();
      const tests = await runFile(vm, job, options);
      const report = { file: job.file, seconds: (performance.now() - started) / 1000, tests };
      reports[index] = report;
      options.onFile?.(report);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return reports;
}

/** One machine at a time, a new one when the old one has died. */
class Guests implements AsyncDisposable {
  readonly #machine: BootOptions;
  #current: Promise<Vm> | undefined;

  constructor(machine: BootOptions, first: Vm | undefined) {
    this.#machine = machine;
    this.#current = first && Promise.resolve(first);
  }

  async alive(): Promise<Vm> {
    for (;;) {
      this.#current ??= Vm.boot(this.#machine);
      const asked = this.#current;
      const vm = await asked;
      if (vm.alive) return vm;
      // Whoever sees it first makes room for the next one.
      if (this.#current === asked) this.#current = undefined;
      await vm[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const vm = await this.#current?.catch(() => undefined);
    await vm?.[Symbol.asyncDispose]();
  }
}

async function runFile(
  vm: Vm,
  { file, testLimitSeconds, fileLimitSeconds }: Job,
  options: { readonly results: string; readonly signal?: AbortSignal },
): Promise<TestOutcome[]> {
  const limit = AbortSignal.timeout(fileLimitSeconds * 1000);
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  const out = `/tmp/${file.replaceAll("/", "-")}.xml`;
  const argv = [
    "bun",
    "test",
    `./${file}`,
    `--timeout=${testLimitSeconds * 1000}`,
    "--reporter=junit",
    `--reporter-outfile=${out}`,
  ];
  let output = "";
  try {
    const onOutput = (text: string): void => {
      output += text;
    };
    const ended = await vm.run(argv, { env: { STRAIT_SLOW: "1" }, onOutput, signal });
    const xml = (await vm.run(["cat", out], { signal })).stdout;
    await Bun.write(join(options.results, `${file.replaceAll("/", "-")}.xml`), xml);
    return judge(ended, readOutcomes(xml), output);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (limit.aborted) return [failed(`did not end within ${fileLimitSeconds} s`, output)];
    if (error instanceof VmEnded) return [failed("took the guest down", `${output}\n${error.message}`)];
    throw error;
  } finally {
    await Bun.write(join(options.results, `${file.replaceAll("/", "-")}.log`), output);
  }
}

/** The outcomes of a run; a run that went wrong outside of its tests gets a failed one more. */
export function judge(ended: Pick<RunResult, "exit">, outcomes: readonly TestOutcome[], output: string): TestOutcome[] {
  if (outcomes.length === 0) return [failed("did not load, or has no tests", output)];
  if (ended.exit !== 0 && !outcomes.some((test) => test.outcome === "failed")) {
    return [...outcomes, failed(`ended with status ${ended.exit} although no test failed`, output)];
  }
  return [...outcomes];
}

function failed(name: string, output: string): TestOutcome {
  return { name, outcome: "failed", detail: output.trimEnd().split("\n").slice(-60).join("\n") };
}
