// SPDX-License-Identifier: Apache-2.0

import { NAMES } from "@strait/manifests";
import type { AddCommand } from "../add_command.ts";
import { cluster } from "../connect.ts";
import { EXIT, Failure, usage } from "../failure.ts";
import { whole } from "../flags.ts";
import { type GlobalOptions, withCluster } from "../global_options.ts";
import type { Io } from "../io.ts";
import { Steps } from "../steps.ts";
import { leaveCluster } from "../uninstall/leave_cluster.ts";

interface Options extends GlobalOptions {
  readonly yes?: true;
  readonly timeout: number;
}

/** `strait uninstall`: takes a cluster out of the clusterset and removes everything of Strait's from it. */
export const uninstall: AddCommand = (program, io, exit) => {
  withCluster(program.command("uninstall").description("take this cluster out of the clusterset and remove Strait from it"))
    .option("-n, --namespace <name>", "namespace of Strait", NAMES.namespace)
    .option("-y, --yes", "do not ask")
    .option("--timeout <seconds>", "how long to wait for the nodes", whole(1, 3600), 120)
    .action(async (options: Options) => exit(await run(io, options)));
};

async function run(io: Io, options: Options): Promise<number> {
  const own = await cluster(io, options);
  if (!options.yes) {
    const answer = io.ask(`Remove Strait from cluster "${own.name}"? Its pods lose the other clusters. [y/N]`);
    if (answer === undefined) throw usage("uninstall asks before it removes anything: say --yes where nobody can answer");
    if (!/^y(es)?$/i.test(answer.trim())) throw new Failure("nothing was removed");
  }
  const json = options.output === "json";
  const steps = new Steps(io, { json });
  await leaveCluster({
    own,
    namespace: options.namespace ?? NAMES.namespace,
    steps,
    signal: io.signal,
    timeoutMs: options.timeout * 1000,
  });
  if (json) io.out(`${JSON.stringify({ ok: !steps.failed, steps: steps.reports }, null, 2)}\n`);
  return steps.failed ? EXIT.failed : EXIT.ok;
}
