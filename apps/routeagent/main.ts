// SPDX-License-Identifier: Apache-2.0
/**
 * The node agent: `bun run routeagent`. Runs on every node and owns that node's BPF programs and maps.
 *
 * @module
 */
import { runRouteAgent } from "./mod.ts";

process.exit(await runRouteAgent(process.argv.slice(2), process.env));
