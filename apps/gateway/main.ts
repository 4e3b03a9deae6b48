// SPDX-License-Identifier: Apache-2.0
/**
 * The gateway, standalone: `bun run gateway --config FILE`. Runs on a gateway node beside the node agent; ends the cables to the other clusters.
 *
 * @module
 */
import { processSystem, runApp } from "@strait/node";
import { identity, readOptions } from "./config.ts";
import { gatewayStatus } from "./status.ts";
import { wiring } from "./wire.ts";

const system = processSystem();
process.exit(await runApp({ ...identity, wiring, status: gatewayStatus }, readOptions(system), system));
