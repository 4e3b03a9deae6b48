// SPDX-License-Identifier: Apache-2.0
/**
 * The node agent, standalone: `bun run routeagent --config FILE`. Runs on every node and owns that node's BPF programs and maps.
 *
 * @module
 */
import { processSystem, runApp } from "@strait/node";
import { identity, readOptions } from "./config.ts";
import { agentStatus } from "./status.ts";
import { wiring } from "./wire.ts";

const system = processSystem();
process.exit(await runApp({ ...identity, wiring, status: agentStatus }, readOptions(system), system));
