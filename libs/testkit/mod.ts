// SPDX-License-Identifier: Apache-2.0
/**
 * What tests of all packages share. Imported by `*_test.ts` files and by `tests/` only.
 *
 * @module
 */
export * from "./old_kubectl.ts";
export * from "./packet/mod.ts";
export * from "./requires.ts";
export * from "./skip.ts";
