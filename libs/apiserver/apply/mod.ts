// SPDX-License-Identifier: Apache-2.0
/**
 * Server-side apply and the record of who owns which field.
 *
 * @module
 */
export { fieldsOf } from "./owned_by.ts";
export type { Write } from "./ownership.ts";
export { type Applied, type Apply, serverSideApply } from "./server_side_apply.ts";
export { trackUpdate } from "./track_update.ts";
