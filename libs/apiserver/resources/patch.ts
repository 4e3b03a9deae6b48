// SPDX-License-Identifier: Apache-2.0
import {
  badRequest,
  fieldForbidden,
  invalid,
  invalidOption,
  invalidValue,
  StatusError,
  unsupportedMediaType,
} from "../http/status_error.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import { applyJsonPatch, isObject, type Json, mergePatch, parseJsonPatch, strategicMergePatch } from "../patch/mod.ts";
import { rootedOf } from "./field_managers.ts";
import { decodeObject, readMeta } from "./read_object.ts";
import type { Scope } from "./scope.ts";

/**
 * The state a patch asks for.
 *
 * @param type the patch's media type.
 * @throws StatusError 400, 415 or 422 where the patch is malformed or does not fit.
 */
export function patched(scope: Scope, current: ApiObject, type: string, patch: Json | undefined): ApiObject {
  if (scope.query.get("force") !== null)
    throw invalidOption("PatchOptions", fieldForbidden("force", "may not be specified for non-apply patch"));
  const result = apply(scope, current, type, patch);
  if (!isObject(result)) throw badRequest("the patch does not leave an object");
  const { apiVersion, kind, metadata, ...rest } = result;
  if (apiVersion !== current.apiVersion || kind !== current.kind) throw badRequest("a patch may not change apiVersion or kind");
  const meta = readMeta(metadata);
  if (meta.name !== current.metadata.name)
    throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${scope.name})`);
  if (meta.namespace !== current.metadata.namespace)
    throw badRequest(
      `the namespace of the object (${meta.namespace}) does not match the namespace on the URL (${scope.namespace})`,
    );
  try {
    return decodeObject(scope, { apiVersion: current.apiVersion, kind: current.kind, metadata: meta, ...rest });
  } catch (error) {
    // The patch is well-formed; what it makes of the object is not.
    if (!(error instanceof StatusError) || error.message.includes("strict decoding error")) throw error;
    throw invalid(scope.type.group, scope.type.kind, meta.name, [invalidValue("patch", patch ?? null, error.message)]);
  }
}

function apply(scope: Scope, current: ApiObject, type: string, patch: Json | undefined): Json {
  if (type === "application/json-patch+json") {
    const operations = parseJsonPatch(patch);
    if (!operations.ok) throw badRequest(operations.reason);
    const result = applyJsonPatch(current, operations.value);
    if (!result.ok)
      throw new StatusError(
        422,
        "Invalid",
        `the server rejected our request due to an error in our request: ${result.reason}`,
        {},
      );
    return result.value;
  }
  if (type === "application/merge-patch+json") {
    if (!isObject(patch)) throw badRequest("a merge patch must be an object");
    return mergePatch(current, patch);
  }
  if (type === "application/strategic-merge-patch+json" && scope.type.builtIn) {
    if (!isObject(patch)) throw badRequest("a strategic merge patch must be an object");
    const merged = strategicMergePatch(current, patch, rootedOf(scope));
    if (!merged.ok) throw badRequest(merged.reason);
    return merged.value;
  }
  const accepted = [
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/apply-patch+yaml",
    ...(scope.type.builtIn ? ["application/strategic-merge-patch+json"] : []),
  ];
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );
}
