// SPDX-License-Identifier: Apache-2.0
/**
 * The VM lane as a whole: one pass over the guest, its results as data. vm_test.ts turns them into tests.
 *
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ok, type Result } from "@strait/model";
import { Vm } from "./boot.ts";
import type { AttachProbe } from "./guest/attach_probe.ts";
import { lastLine, measureGuest, measureHost } from "./measure.ts";
import { PROJECT, setup } from "./setup.ts";
import { type FileReport, type Job, runJobs } from "./suite.ts";
import type { Measurement } from "./verifier_table.ts";

/**
 * Test files that run again inside the guest: every packet table, one topology with both apps' whole path, and attaching by
 * clsact. The rest of tests/netns takes the better part of an hour under emulation; `bun run tests/vm/shell.ts` runs any of it.
 */
const UNIT_SUITES = ["libs/ffi/tc_test.ts"];
const KERNEL_SUITES = "tests/{bpf,netns}/*_test.ts";
/** Processes that the packet tables are spread over. */
const GROUPS = 4;
const NETNS = /netns\/hosts_test\.ts$/;

/** What one pass found. A part that could not be done holds its error, and the other parts are done all the same. */
export interface LaneReport {
  /** Kernel release and the answer of a Bun script. */
  readonly boot: PromiseSettledResult<{ readonly release: string; readonly answer: string }>;
  readonly attach: PromiseSettledResult<AttachProbe>;
  readonly guestPrograms: PromiseSettledResult<Measurement>;
  /** The same measurement on the kernel that hosts the guest. */
  readonly hostPrograms: PromiseSettledResult<Measurement>;
  readonly files: readonly FileReport[];
}

/**
 * Boots, probes and runs the suites. Refuses where the host cannot boot the guest at all.
 *
 * @param options.say told about progress, a line at a time
 */
export async function runVmLane(
  options: { readonly say?: (line: string) => void; readonly signal?: AbortSignal } = {},
): Promise<Result<LaneReport>> {
  const say = options.say ?? (() => undefined);
  const ready = await setup(options);
  if (!ready.ok) return ready;
  try {
    const started = performance.now();
    // The suites end it too; this is for what fails before them.
    await using first = await Vm.boot(ready.value);
    say(`Linux ${first.hello.release} is up after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    const report = await probe(first);
    const results = join(PROJECT, "build/results/vm");
    rmSync(results, { recursive: true, force: true });
    const onFile = (file: FileReport): void => say(summary(file));
    const files = await runJobs(await jobs(), ready.value, { ...options, first, results, onFile });
    return ok({ ...report, files });
  } finally {
    rmSync(ready.value.tree, { force: true });
  }
}

async function probe(vm: Vm): Promise<Omit<LaneReport, "files">> {
  const [boot] = await Promise.allSettled([answer(vm)]);
  const [attach] = await Promise.allSettled([attachInside(vm)]);
  const [guestPrograms] = await Promise.allSettled([measureGuest(vm)]);
  const [hostPrograms] = await Promise.allSettled([measureHost()]);
  return { boot, attach, guestPrograms, hostPrograms };
}

async function answer(vm: Vm): Promise<{ release: string; answer: string }> {
  const said = await vm.run(["bun", "-e", "console.log(6 * 7)"]);
  return { release: vm.hello.release, answer: said.stdout.trim() || said.stderr };
}

async function attachInside(vm: Vm): Promise<AttachProbe> {
  return lastLine<AttachProbe>(await vm.run(["bun", "run", "tests/vm/guest/attach_probe.ts"]));
}

/** What to run, the long ones first. */
async function jobs(): Promise<Job[]> {
  const all = await Array.fromAsync(new Bun.Glob(KERNEL_SUITES).scan(PROJECT));
  const limits = { testLimitSeconds: 600, limitSeconds: 1200 };
  const tables = all.filter((file) => !file.includes("/netns/")).sort();
  const groups = Array.from({ length: GROUPS }, (_, n) => tables.filter((_file, index) => index % GROUPS === n));
  return [
    ...all.filter((file) => NETNS.test(file)).map((file) => ({ files: [file], ...limits })),
    ...groups.map((files) => ({ files, ...limits })),
    { files: UNIT_SUITES, testLimitSeconds: 60, limitSeconds: 300 },
  ];
}

function summary({ file, seconds, tests }: FileReport): string {
  const count = (outcome: string): number => tests.filter((test) => test.outcome === outcome).length;
  return `${file}: ${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped in a process of ${seconds.toFixed(0)} s`;
}
