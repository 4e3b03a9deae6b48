// SPDX-License-Identifier: Apache-2.0
/**
 * The embedded broker: `bun run broker --data DIR`. One process and one folder on any machine that the clusters reach.
 *
 * @module
 */
import { runBroker } from "./mod.ts";

process.exit(await runBroker(process.argv.slice(2), process.env));
