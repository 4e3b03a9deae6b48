// SPDX-License-Identifier: Apache-2.0
import { ApiError } from "./api_error.ts";
import type { KindNames } from "./kind.ts";

/** One object, or all of a namespace, or all. */
export interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/**
 * The path of objects on a server.
 *
 * @throws ApiError (Invalid) for a name that would lead elsewhere: names may come from other clusters.
 * @example
 * resourcePath(PodKind, { namespace: "default", name: "web-0" }) // "/api/v1/namespaces/default/pods/web-0"
 */
export function resourcePath(kind: KindNames, { namespace, name, subresource }: Place): string {
  const parts = kind.group === "" ? ["api", kind.version] : ["apis", kind.group, kind.version];
  if (kind.scope === "Namespaced" && namespace) parts.push("namespaces", segment(kind, namespace));
  if (kind.scope === "Namespaced" && !namespace && name) {
    throw invalid(kind, `${kind.plural} "${name}" needs a namespace`);
  }
  parts.push(kind.plural);
  if (name !== undefined) parts.push(segment(kind, name));
  if (subresource) parts.push(subresource);
  return `/${parts.join("/")}`;
}

/** For messages: `pods "default/web-0"`, "pods in default", "pods". */
export function placeText(kind: KindNames, { namespace, name }: Place): string {
  if (name !== undefined) return `${kind.plural} "${kind.scope === "Namespaced" ? `${namespace}/` : ""}${name}"`;
  return kind.scope === "Namespaced" && namespace ? `${kind.plural} in ${namespace}` : kind.plural;
}

function segment(kind: KindNames, name: string): string {
  if (name !== "" && name !== "." && name !== ".." && !/[/%]/.test(name)) return encodeURIComponent(name);
  throw invalid(kind, `"${name}" is no name of an object`);
}

function invalid(kind: KindNames, message: string): ApiError {
  return new ApiError(message, { verb: "address", object: kind.plural, reason: "Invalid" });
}
