// SPDX-License-Identifier: Apache-2.0
/**
 * Runs test files of the repository inside the guest.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type ReportedTest, readOutcomes, type TestOutcome } from "../support/junit.ts";
import { type BootOptions, Vm, VmEnded } from "./boot.ts";
import type { RunResult } from "./run.ts";

/** What came of one test file in the guest. */
export interface FileReport {
  /** Relative to the root of the repository. */
  readonly file: string;
  /** What its job took. */
  readonly seconds: number;
  /** Never empty: a file that did not load, hung or took the kernel down is a failed test of that name. */
  readonly tests: readonly TestOutcome[];
}

/** Test files of one `bun test`, which takes ten seconds to start, and how long they may take under emulation, 10 to 20 times slower than the machine. */
export interface Job {
  readonly files: readonly string[];
  /** For tests that set no limit of their own. */
  readonly testLimitSeconds: number;
  /** A job that runs longer is killed. */
  readonly limitSeconds: number;
}

/** Tests in namespaces mostly wait for each other's packets, so more files than processors run at the same time. */
const AT_ONCE = 3;

/**
 * Runs `jobs` in one machine, a few at the same time, and boots another machine if a test takes this one down. JUnit reports
 * and output are kept in `results`.
 *
 * @param options.first a machine that is up already; it is ended with the others
 * @param options.onFile told of each file when it is done
 * @returns the reports of all files, in the order of `jobs`
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
  const reports: FileReport[][] = [];
  const queue = jobs.entries();
  // All workers take from one iterator: each job comes out once.
  const work = async (): Promise<void> => {
    for (const [index, job] of queue) {
      options.signal?.throwIfAborted();
      const vm = await guests.alive();
      const started = performance.now();
      const outcomes = await runJob(vm, job, options);
      const seconds = (performance.now() - started) / 1000;
      const told = job.files.map((file, n) => ({ file, seconds, tests: outcomes[n] ?? [] }));
      reports[index] = told;
      for (const report of told) options.onFile?.(report);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return reports.flat();
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

/** What came of each of a job's files. */
async function runJob(
  vm: Vm,
  { files, testLimitSeconds, limitSeconds }: Job,
  options: { readonly results: string; readonly signal?: AbortSignal },
): Promise<TestOutcome[][]> {
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  const name = (files[0] ?? "").replaceAll("/", "-");
  const out = `/tmp/${name}.xml`;
  const argv = [
    "bun",
    "test",
    ...files.map((file) => `./${file}`),
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
    await Bun.write(join(options.results, `${name}.xml`), xml);
    return judge(ended, files, readOutcomes(xml), output);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (limit.aborted) return files.map(() => [failed(`did not end within ${limitSeconds} s`, output)]);
    if (error instanceof VmEnded) return files.map(() => [failed("took the guest down", `${output}\n${error.message}`)]);
    throw error;
  } finally {
    await Bun.write(join(options.results, `${name}.log`), output);
  }
}

/** The outcomes of each file of a run; a run that went wrong outside of its tests gets a failed one more. */
export function judge(
  ended: Pick<RunResult, "exit">,
  files: readonly string[],
  outcomes: readonly ReportedTest[],
  output: string,
): TestOutcome[][] {
  const each: TestOutcome[][] = files.map((file) => outcomes.filter((test) => test.file === file));
  for (const tests of each) if (tests.length === 0) tests.push(failed("did not load, or has no tests", output));
  if (ended.exit !== 0 && !each.flat().some((test) => test.outcome === "failed")) {
    each[0]?.push(failed(`ended with status ${ended.exit} although no test failed`, output));
  }
  return each;
}

function failed(name: string, output: string): TestOutcome {
  return { name, outcome: "failed", detail: output.trimEnd().split("\n").slice(-60).join("\n") };
}
