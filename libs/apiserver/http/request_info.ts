// SPDX-License-Identifier: Apache-2.0

/** What a path and method ask for, in the words of Kubernetes. */
export interface RequestInfo {
  /** get, list, watch, create, update, patch, delete, deletecollection; the method in small letters for other paths. */
  readonly verb: string;
  readonly path: string;
  /** Undefined where the path names no resource (/version, /apis …). */
  readonly resource?: ResourcePath;
}

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  /** The one name that a list, watch or deletecollection selects. */
  readonly selected?: string;
  readonly subresource?: string;
}

const VERBS: Readonly<Record<string, string>> = { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };

/**
 * Reads a request's line.
 *
 * @example
 * requestInfo("GET", "/api/v1/namespaces/a/pods", new URLSearchParams("watch=true"))
 * // {verb: "watch", path: …, resource: {group: "", version: "v1", namespace: "a", plural: "pods"}}
 */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const resource = resourcePath(path);
  if (!resource) return { verb: method.toLowerCase(), path };
  const selected = { ...resource, ...selectedName(query) };
  if (method !== "GET" && method !== "HEAD") {
    const verb = VERBS[method] ?? method.toLowerCase();
    if (verb === "delete" && !resource.name) return { verb: "deletecollection", path, resource: selected };
    return { verb, path, resource };
  }
  if (isTrue(query.get("watch")) && !resource.subresource) return { verb: "watch", path, resource: selected };
  return resource.name ? { verb: "get", path, resource } : { verb: "list", path, resource: selected };
}

/** A list of one name counts as a request for that name, so that a role with resourceNames may allow it. */
function selectedName(query: URLSearchParams): { selected?: string } {
  const name = /(?:^|,)metadata\.name==?([^,=!]+)(?:,|$)/.exec(query.get("fieldSelector") ?? "")?.[1];
  return name ? { selected: name } : {};
}

/** Query flags count as set where they are "true" or "1". */
export function isTrue(value: string | null): boolean {
  return value === "true" || value === "1" || value === "";
}

function resourcePath(path: string): ResourcePath | undefined {
  const parts = path.split("/").slice(1).map(decode);
  if (parts.at(-1) === "") parts.pop();
  const [root] = parts;
  if (parts.some((part) => part === undefined || part === "")) return undefined;
  const rest = (root === "api" ? parts.slice(2) : root === "apis" ? parts.slice(3) : []) as string[];
  if (rest.length === 0) return undefined;
  const [group, version] = (root === "api" ? ["", parts[1]] : [parts[1], parts[2]]) as [string, string];
  const [first, second, third] = rest;
  // /namespaces/NAME and its own subresources name the namespace itself; anything else below it is inside the namespace.
  if (first === "namespaces" && group === "" && second !== undefined) {
    const inside = third !== undefined && third !== "status" && third !== "finalize";
    if (!inside) return shape({ group, version, plural: "namespaces", namespace: second, name: second, subresource: third });
    return shape({ group, version, namespace: second, plural: third, name: rest[3], subresource: rest.slice(4).join("/") });
  }
  if (first === "namespaces" && second !== undefined && third !== undefined) {
    return shape({ group, version, namespace: second, plural: third, name: rest[3], subresource: rest.slice(4).join("/") });
  }
  return shape({ group, version, plural: first ?? "", name: second, subresource: rest.slice(2).join("/") });
}

function shape(
  parts: { group: string; version: string; plural: string } & Partial<
    Record<"namespace" | "name" | "subresource", string | undefined>
  >,
): ResourcePath {
  const { group, version, plural, namespace, name, subresource } = parts;
  return { group, version, plural, ...(namespace && { namespace }), ...(name && { name }), ...(subresource && { subresource }) };
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
