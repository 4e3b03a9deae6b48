// SPDX-License-Identifier: Apache-2.0
/**
 * What `?labelSelector=` and `?fieldSelector=` mean.
 *
 * @module
 */
export * from "./field_selector.ts";
export * from "./label_selector.ts";
