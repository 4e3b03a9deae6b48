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

/** A set of test files, and how long they may take under emulation, 10 to 20 times slower than the machine. */
export interface Suite {
  readonly files: readonly string[];
  /** For tests that set no limit of their own. */
  readonly testLimitSeconds: number;
  /** A file that runs longer is killed. */
  readonly fileLimitSeconds: number;
}

/**
 * Runs the files of `suite` one after the other and boots a new machine if one takes the old one down. JUnit reports and output are kept
 * in `results`.
 *
 * @param options.onFile told of each file when it is done
 */
export async function runSuite(
  suite: Suite,
  machine: BootOptions,
  options: { readonly results: string; readonly onFile?: (report: FileReport) => void; readonly signal?: AbortSignal },
): Promise<FileReport[]> {
  mkdirSync(options.results, { recursive: true });
  const reports: FileReport[] = [];
  let vm: Vm | undefined;
  try {
    for (const file of suite.files) {
      options.signal?.throwIfAborted();
      vm ??= await Vm.boot(machine);
      const started = performance.now();
      const tests = await runFile(vm, file, { ...suite, ...options });
      const report = { file, seconds: (performance.now() - started) / 1000, tests };
      reports.push(report);
      options.onFile?.(report);
      if (!vm.alive) vm = await closed(vm);
    }
  } finally {
    await vm?.[Symbol.asyncDispose]();
  }
  return reports;
}

async function closed(vm: Vm): Promise<undefined> {
  await vm[Symbol.asyncDispose]();
}

async function runFile(
  vm: Vm,
  file: string,
  options: Suite & { readonly results: string; readonly signal?: AbortSignal },
): Promise<TestOutcome[]> {
  const limit = AbortSignal.timeout(options.fileLimitSeconds * 1000);
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  const out = `/tmp/${file.replaceAll("/", "-")}.xml`;
  const argv = [
    "bun",
    "test",
    `./${file}`,
    `--timeout=${options.testLimitSeconds * 1000}`,
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
    if (limit.aborted) return [failed(`did not end within ${options.fileLimitSeconds} s`, output)];
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
