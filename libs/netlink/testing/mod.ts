// SPDX-License-Identifier: Apache-2.0
/**
 * Tests in a network namespace of their own, for this package and those above it.
 *
 * @module
 */
export * from "./own_namespace.ts";
