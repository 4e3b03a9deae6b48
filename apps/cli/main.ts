// SPDX-License-Identifier: Apache-2.0
/**
 * The `strait` command: `bun run strait COMMAND`. Also the one binary of the image, whose sub-commands run the apps.
 *
 * @module
 */
import { runStrait } from "./mod.ts";

process.exit(await runStrait(process.argv.slice(2)));
