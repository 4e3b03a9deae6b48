// SPDX-License-Identifier: Apache-2.0
/**
 * Seeded random values for property tests.
 *
 * @module
 */
export { Random } from "./random.ts";
