// SPDX-License-Identifier: Apache-2.0
import { GatewayKind } from "@strait/k8s";
import { NAMES } from "@strait/manifests";
import type { AddCommand } from "../add_command.ts";
import { cluster } from "../connect.ts";
import { EXIT, Failure } from "../failure.ts";
import { truth, whole } from "../flags.ts";
import { type GlobalOptions, withCluster } from "../global_options.ts";
import type { Io } from "../io.ts";
import { waitForApps } from "../rollout.ts";
import { joined, listAll } from "../show/read.ts";
import { sentence, toldProblems } from "../show/told_problems.ts";
import { connections } from "../show/views.ts";
import { Steps } from "../steps.ts";
import { waitUntil } from "../wait_until.ts";

interface Options extends GlobalOptions {
  readonly wait: boolean;
  readonly waitTimeout: number;
}

/** `strait status`: whether the apps are up and every connection is; with --wait, waits until they are. */
export const status: AddCommand = (program, io, exit) => {
  withCluster(program.command("status").description("whether gateways, node agents and connections are up"))
    .option("-n, --namespace <name>", "namespace of Strait", NAMES.namespace)
    .option("--wait [bool]", "wait until everything is up", truth, false)
    .option("--wait-timeout <seconds>", "how long to wait", whole(1, 3600), 120)
    .action(async (options: Options) => exit(await run(io, options)));
};

async function run(io: Io, options: Options): Promise<number> {
  const json = options.output === "json";
  const steps = new Steps(io, { json });
  const namespace = options.namespace ?? NAMES.namespace;
  const { name, client } = await cluster(io, options);
  if (!(await joined(client, namespace))) throw new Failure(`cluster "${name}" has not joined a clusterset: run strait join`);
  const timeoutMs = options.wait ? options.waitTimeout * 1000 : 0;
  const up = await waitForApps({ client, namespace, steps, signal: io.signal, timeoutMs });
  let view = connections([]);
  const connected = await waitUntil(
    async () => {
      view = connections(await listAll(client, GatewayKind, namespace));
      steps.progress(
        `Waiting for connections: ${view.records.filter((record) => record["status"] === "connected").length} of ${view.records.length}`,
      );
      return view.records.length > 0 && !view.bad ? true : undefined;
    },
    { timeoutMs: up ? timeoutMs : 0, signal: io.signal },
  );
  if (view.records.length === 0) steps.say("warning", view.none);
  for (const record of view.records) {
    const ok = record["status"] === "connected";
    steps.say(
      ok ? "done" : "failed",
      `${record["on"]} → ${record["cluster"]}/${record["gateway"]}: ${record["status"]} ${record["rttAverage"]}`.trimEnd(),
    );
  }
  const problems = await toldProblems(client, namespace);
  // They are up, and packets may well pass.
  for (const told of problems) steps.say("warning", sentence(told));
  // The first cluster of a clusterset has nobody to be connected to.
  const ok = up && (connected === true || view.records.length === 0);
  if (json) io.out(`${JSON.stringify({ ok, connections: view.records, problems, steps: steps.reports }, null, 2)}\n`);
  return ok ? EXIT.ok : EXIT.failed;
}
