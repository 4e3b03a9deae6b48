// SPDX-License-Identifier: Apache-2.0
/**
 * Server-side printing: objects as meta.k8s.io/v1 Tables.
 *
 * @module
 */
export { humanAge, humanDuration } from "./human_age.ts";
export { type JsonPath, parseJsonPath } from "./json_path.ts";
export { type PrinterColumn, type TableOptions, type TableParts, toTable } from "./to_table.ts";
