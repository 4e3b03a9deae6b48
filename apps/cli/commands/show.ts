// SPDX-License-Identifier: Apache-2.0

import { NAMES } from "@strait/manifests";
import type { AddCommand } from "../add_command.ts";
import { clusters } from "../connect.ts";
import { EXIT } from "../failure.ts";
import { type GlobalOptions, withClusters } from "../global_options.ts";
import type { Io } from "../io.ts";
import { parts } from "../show/read.ts";
import type { View } from "../show/views.ts";
import { Steps } from "../steps.ts";
import { formatTable } from "../table.ts";

interface Shown {
  readonly cluster: string;
  readonly error?: string;
  readonly [part: string]: unknown;
}

/** `strait show PART`, of `parts` or all of them: Submariner's, and the nodes. */
export const show: AddCommand = (program, io, exit) => {
  const parent = program.command("show").description("show what the clusters say of themselves");
  const names = Object.keys(parts);
  for (const name of [...names, "all"]) {
    const wanted = name === "all" ? names : [name];
    withClusters(parent.command(name).description(name === "all" ? "all of the above" : `show ${name}`))
      .option("-n, --namespace <name>", "namespace Strait lives in", NAMES.namespace)
      .action(async (options: GlobalOptions) => exit(await showParts(io, wanted, options)));
  }
};

async function showParts(io: Io, wanted: readonly string[], options: GlobalOptions): Promise<number> {
  const json = options.output === "json";
  const steps = new Steps(io, { json });
  const namespace = options.namespace ?? NAMES.namespace;
  const all: Shown[] = [];
  for (const { name, client } of await clusters(io, options)) {
    steps.head(`Cluster "${name}"`);
    const shown: Record<string, unknown> = {};
    for (const part of wanted) {
      const { title, read } = parts[part] ?? missing(part);
      try {
        const view = await read(client, namespace);
        shown[part] = view.records;
        tell(io, steps, title, view, json);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        steps.say("failed", `Showing ${title}: ${reason}`);
        shown["error"] = reason;
        break; // one sentence for a cluster that does not answer, not six
      }
    }
    all.push({ cluster: name, ...shown });
  }
  if (json) io.out(`${JSON.stringify({ clusters: all }, null, 2)}\n`);
  return steps.failed ? EXIT.failed : EXIT.ok;
}

function tell(io: Io, steps: Steps, title: string, view: View, json: boolean): void {
  if (view.records.length === 0) {
    steps.say("warning", `Showing ${title}: ${view.none}`);
    return;
  }
  steps.say(view.bad ? "warning" : "done", `Showing ${title}`);
  if (!json) io.out(`${formatTable(view.heads, view.rows)}\n`);
}

function missing(part: string): never {
  throw new RangeError(`strait show has no part ${part}`);
}
