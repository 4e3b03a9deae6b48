// SPDX-License-Identifier: Apache-2.0
import { createMemberSource } from "@strait/member";
import type { Result } from "@strait/model";
import { type AppSpec, EXIT, type Options, processSystem, runApp, type System } from "@strait/node";
import { Log } from "@strait/obs";
import { identity, readOptions } from "./config.ts";
import { agentParts } from "./kubernetes.ts";
import { agentStatus } from "./status.ts";
import { waitForNode } from "./wait_for_node.ts";
import { wiring } from "./wire.ts";

const spec: AppSpec = { ...identity, wiring, status: agentStatus, kubernetes: agentParts };

/**
 * The node agent, until a signal ends it. With SUBMARINER_WAITFORNODE it only waits for its node to be ready.
 *
 * @returns exit code: 0 ended as asked, 1 this node cannot do it, 2 the config, the environment or a flag is wrong
 * @example
 * process.exit(await runRouteAgent(process.argv.slice(2), process.env));
 */
export function runRouteAgent(argv: System["argv"], env: System["env"]): Promise<number> {
  const system = processSystem({ argv, env });
  const options = readOptions(system);
  if (env["SUBMARINER_WAITFORNODE"] === "true") return wait(options, system);
  return runApp(spec, options, system);
}

async function wait(options: Result<Options>, system: System): Promise<number> {
  if (!options.ok || options.value.action !== "run" || !options.value.kubernetes) return runApp(spec, options, system);
  const log = new Log({ fields: { app: identity.name }, write: system.err });
  const { timers, env } = system;
  const member = await createMemberSource({ ...options.value.kubernetes, env, role: "agent", log, timers });
  if (!member.ok) {
    system.err(`${identity.name}: ${member.reason}\n`);
    return EXIT.refused;
  }
  const ended = new AbortController();
  const offs = (["SIGTERM", "SIGINT"] as const).map((name) => system.onSignal(name, () => ended.abort()));
  try {
    log.info("waiting for the node to be ready", { node: member.value.nodeName });
    const ready = await waitForNode(member.value, { log, timers, signal: ended.signal });
    if (ready) log.info("the node is ready", { node: member.value.nodeName });
    return ready ? EXIT.ok : EXIT.failed;
  } finally {
    member.value.client.close();
    for (const off of offs) off();
  }
}
