// SPDX-License-Identifier: Apache-2.0
/**
 * Settings of a joined cluster, for tests and for what is generated from the manifests.
 *
 * @module
 */
export { settings } from "./settings.ts";
