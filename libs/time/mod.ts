// SPDX-License-Identifier: Apache-2.0
/**
 * Time as a dependency, and the waits between retries.
 *
 * @module
 */
export * from "./backoff.ts";
export * from "./nap.ts";
export * from "./timers.ts";
