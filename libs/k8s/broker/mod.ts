// SPDX-License-Identifier: Apache-2.0
/**
 * What makes an API server a broker, and what a member has there, as plain objects.
 *
 * @module
 */
export * from "./broker_objects.ts";
export * from "./member_policies.ts";
export * from "./member_rules.ts";
