// SPDX-License-Identifier: Apache-2.0
/**
 * What objects may look like: schemas of the built-in kinds and of CRDs, and the sentences in which a wrong one is refused.
 *
 * @module
 */

export { builtinDefinitions, builtinKinds, builtinSchema } from "./builtin_schema.ts";
export type { Cause } from "./field_faults.ts";
export type { Definitions, GroupVersionKind, JsonSchema, RootedSchema } from "./json_schema.ts";
export * from "./names.ts";
export { structuralFaults } from "./structural_faults.ts";
export { hasCelRules, StructuralSchema, strictDecodingError } from "./structural_schema.ts";
