// SPDX-License-Identifier: Apache-2.0
/**
 * The `strait` command as a function: `runStrait(["show", "connections"])` resolves to its exit code.
 *
 * @module
 */
export { runStrait } from "./run_strait.ts";
