// SPDX-License-Identifier: Apache-2.0
/** A gateway on a dataplane without a kernel, as a process of its own: `bun run fake_app.ts --config FILE`. Tests send it real signals. */
import { GatewayPlanner } from "@strait/plan";
import { processSystem } from "../app.ts";
import { nodeStatus } from "../node_status.ts";
import { parseOptions } from "../options.ts";
import { runApp } from "../run_app.ts";
import { FakeDataplane } from "./fake_dataplane.ts";

const system = processSystem();
const wiring = {
  planner: () => new GatewayPlanner(),
  open: async () => new FakeDataplane(),
  uninstall: async () => ({ removed: [] }),
  trace: async () => {},
};
const spec = { name: "gateway", owner: "gateway", version: "0.0.0", purpose: "Tests.", wiring, status: nodeStatus } as const;
process.exit(await runApp(spec, parseOptions(system.argv, system.env), system));
