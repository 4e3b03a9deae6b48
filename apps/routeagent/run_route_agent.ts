// SPDX-License-Identifier: Apache-2.0
import { type AppSpec, processSystem, runApp, type System } from "@strait/node";
import { identity, readOptions } from "./config.ts";
import { agentStatus } from "./status.ts";
import { wiring } from "./wire.ts";

const spec: AppSpec = { ...identity, wiring, status: agentStatus };

/**
 * The node agent, until a signal ends it.
 *
 * @returns exit code: 0 ended as asked, 1 this node cannot do it, 2 the config, the environment or a flag is wrong
 * @example
 * process.exit(await runRouteAgent(process.argv.slice(2), process.env));
 */
export function runRouteAgent(argv: System["argv"], env: System["env"]): Promise<number> {
  const system = processSystem({ argv, env });
  return runApp(spec, readOptions(system), system);
}
