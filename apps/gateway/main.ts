// SPDX-License-Identifier: Apache-2.0
/**
 * The gateway: `bun run gateway`. Runs on a gateway node beside the node agent; ends the cables to the other clusters.
 *
 * @module
 */
import { runGateway } from "./mod.ts";

process.exit(await runGateway(process.argv.slice(2), process.env));
