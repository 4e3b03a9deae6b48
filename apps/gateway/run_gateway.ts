// SPDX-License-Identifier: Apache-2.0
import { type AppSpec, processSystem, runApp, type System } from "@strait/node";
import { identity, readOptions } from "./config.ts";
import { gatewayStatus } from "./status.ts";
import { wiring } from "./wire.ts";

const spec: AppSpec = {
  ...identity,
  wiring,
  status: gatewayStatus,
  // Loaded where it is needed: a standalone gateway stays as small as it is.
  kubernetes: async (context) => (await import("./kubernetes.ts")).gatewayParts(context),
};

/**
 * The gateway, until a signal ends it.
 *
 * @returns exit code: 0 ended as asked, 1 this node cannot do it, 2 the config, the environment or a flag is wrong
 * @example
 * process.exit(await runGateway(process.argv.slice(2), process.env));
 */
export function runGateway(argv: System["argv"], env: System["env"]): Promise<number> {
  const system = processSystem({ argv, env });
  return runApp(spec, readOptions(system), system);
}
