// SPDX-License-Identifier: Apache-2.0
/**
 * Time that passes when told. The product never imports this.
 *
 * @module
 */
export * from "./fake_timers.ts";
