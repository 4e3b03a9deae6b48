// SPDX-License-Identifier: Apache-2.0
/**
 * Three kinds of patch of the Kubernetes API: JSON patch, JSON merge patch, strategic merge patch. Server-side apply is in `../apply`.
 *
 * @module
 */
export * from "./json.ts";
export * from "./json_patch.ts";
export * from "./merge_patch.ts";
export * from "./strategic_merge_patch.ts";
