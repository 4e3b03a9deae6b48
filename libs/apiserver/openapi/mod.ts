// SPDX-License-Identifier: Apache-2.0
/**
 * OpenAPI documents of what a server serves, as far as `kubectl` reads them.
 *
 * @module
 */
export { openApiV2, openApiV3, openApiV3Index } from "./open_api.ts";
export { groupVersionPath, type ServedType } from "./served_type.ts";
