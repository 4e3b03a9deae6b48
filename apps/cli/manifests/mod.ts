// SPDX-License-Identifier: Apache-2.0
/**
 * What `strait join` applies, as plain objects: pure functions of the settings, so that what is printed, applied and tested is the same.
 *
 * @module
 */
export * from "./apps.ts";
export * from "./join_settings.ts";
export * from "./names.ts";
export * from "./rbac.ts";
export * from "./submariner.ts";
