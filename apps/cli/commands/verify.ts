// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { NAMES } from "@strait/manifests";
import type { AddCommand } from "../add_command.ts";
import { cluster } from "../connect.ts";
import { EXIT, usage } from "../failure.ts";
import { truth, whole } from "../flags.ts";
import { type GlobalOptions, list, withCluster } from "../global_options.ts";
import type { Io } from "../io.ts";
import { Steps } from "../steps.ts";
import { checks } from "../verify/checks.ts";
import { checkGateways } from "../verify/gateway_check.ts";
import { inParallel } from "../verify/in_parallel.ts";
import { junit } from "../verify/junit.ts";
import { type CheckOutcome, type Effort, runCheck } from "../verify/run_check.ts";
import { Side } from "../verify/side.ts";

interface Options extends GlobalOptions {
  readonly tocontext: string;
  readonly only: readonly string[];
  readonly verbose: boolean;
  readonly parallel: number;
  readonly operationTimeout: number;
  readonly connectionTimeout: number;
  readonly connectionAttempts: number;
  readonly packetSize: number;
  readonly submarinerNamespace: string;
  readonly junitReport?: string;
}

const SUITES = ["connectivity", "basic-connectivity"];

/** `strait verify --context A --tocontext B`: pods and Services of two clusters reach each other, or it says which do not. */
export const verify: AddCommand = (program, io, exit) => {
  withCluster(program.command("verify").description("check that pods and Services of two clusters reach each other"))
    .requiredOption("--tocontext <name>", "context of the second cluster")
    .option("--only <suites>", `comma-separated suites: ${SUITES.join(", ")}`, list, ["connectivity"])
    .option("--verbose [bool]", "say what each check runs, on which node and against which address, as it begins", truth, false)
    .option("--parallel <count>", "checks that run at the same time", whole(1, 100), 6)
    .option("--operation-timeout <seconds>", "for a pod to start or end", whole(1, 3600), 240)
    .option("--connection-timeout <seconds>", "for one attempt to connect", whole(1, 3600), 60)
    .option("--connection-attempts <count>", "attempts to connect", whole(1, 100), 2)
    .option("--packet-size <bytes>", "bytes that each connector sends", whole(1, 1 << 20), 3000)
    .option("--submariner-namespace <name>", "namespace of Strait", NAMES.namespace)
    .option("--junit-report <file>", "where to write a JUnit report")
    .action(async (options: Options) => exit(await run(io, options)));
};

async function run(io: Io, options: Options): Promise<number> {
  const unknown = options.only.find((suite) => !SUITES.includes(suite));
  if (unknown !== undefined) throw usage(`--only ${unknown}: Strait has ${SUITES.join(" and ")}`);
  const json = options.output === "json";
  const steps = new Steps(io, { json });
  const namespace = `strait-verify-${crypto.randomUUID().slice(0, 6)}`;
  const clusters = [await cluster(io, options), await cluster(io, { ...options, context: options.tocontext })] as const;
  const sides = [new Side(clusters[0], namespace, io.signal), new Side(clusters[1], namespace, io.signal)] as const;
  const effort: Effort = {
    operationTimeoutMs: options.operationTimeout * 1000,
    connectionTimeoutMs: options.connectionTimeout * 1000,
    attempts: options.connectionAttempts,
    packetSize: options.packetSize,
    note: (line) => options.verbose && steps.note(line),
  };
  const outcomes: CheckOutcome[] = [];
  try {
    await Promise.all(sides.map((side) => side.prepare(options.submarinerNamespace)));
    for (const one of clusters) outcomes.push(await gatewayOutcome(one, options.submarinerNamespace, steps));
    const wanted = options.only.includes("connectivity") ? checks : checks.filter((check) => check.basic);
    let finished = 0;
    const progress = (): void => steps.progress(`${finished} of ${wanted.length} checks are done`);
    progress();
    const running = inParallel(wanted, options.parallel, (check) => runCheck(check, sides, effort));
    for (const [index, outcome] of running.entries()) {
      const done = await outcome;
      finished = index + 1;
      for (const one of done) tell(steps, one, `[${finished}/${wanted.length}]`);
      outcomes.push(...done);
      progress();
    }
  } finally {
    await Promise.allSettled(sides.map((side) => side.clean()));
  }
  const count = (result: CheckOutcome["result"]): number => outcomes.filter((outcome) => outcome.result === result).length;
  const ok = count("failed") === 0 && count("passed") > 0;
  if (options.junitReport !== undefined) writeFileSync(options.junitReport, junit(outcomes));
  const summary = { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
  if (json) io.out(`${JSON.stringify({ ok, ...summary, checks: outcomes }, null, 2)}\n`);
  else io.out(`${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped\n`);
  return ok ? EXIT.ok : EXIT.failed;
}

async function gatewayOutcome(one: Parameters<typeof checkGateways>[0], namespace: string, steps: Steps): Promise<CheckOutcome> {
  const began = performance.now();
  const faults = await checkGateways(one, namespace);
  const check = `gateways of cluster "${one.name}" are connected`;
  const outcome: CheckOutcome = {
    check,
    family: 4,
    result: faults.length === 0 ? "passed" : "failed",
    ms: Math.round(performance.now() - began),
    ...(faults.length > 0 && { reason: faults.join("; ") }),
  };
  steps.say(outcome.result === "passed" ? "done" : "failed", `${check}${outcome.reason ? `: ${outcome.reason}` : ""}`);
  return outcome;
}

function tell(steps: Steps, { check, family, result, reason, ms }: CheckOutcome, place: string): void {
  const mark = result === "passed" ? "done" : result === "failed" ? "failed" : "warning";
  const time = result === "skipped" ? "skipped" : `IPv${family}, ${(ms / 1000).toFixed(1)} s`;
  steps.say(mark, `${place} ${check} (${time})${reason === undefined ? "" : `: ${reason}`}`);
}
