// SPDX-License-Identifier: Apache-2.0
/**
 * What tests of other packages use of ours: programs compiled on the spot, a bpffs and interfaces of their own.
 *
 * @module
 */
export * from "./compile.ts";
export * from "./place.ts";
