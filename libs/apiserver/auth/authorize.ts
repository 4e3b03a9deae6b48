// SPDX-License-Identifier: Apache-2.0
import type { RequestInfo } from "../http/request_info.ts";
import { forbidden, StatusError } from "../http/status_error.ts";
import type { Access } from "./access.ts";
import type { Rbac } from "./rbac.ts";
import type { User } from "./user.ts";

export function accessOf({ verb, path, resource }: RequestInfo): Access {
  if (!resource) return { verb, path };
  const { group, plural, subresource, namespace, selected, name = selected } = resource;
  // A namespace is cluster-wide, but its own name counts as its namespace: so may a Role in it allow to read it.
  return { verb, resource: { group, plural, subresource, namespace, name } };
}

/** @throws StatusError 403 where no role allows it. */
export function authorize(rbac: Rbac, user: User, info: RequestInfo): void {
  const access = accessOf(info);
  if (rbac.allows(user, access)) return;
  const { resource } = access;
  if (!resource) {
    throw new StatusError(403, "Forbidden", `forbidden: User "${user.name}" cannot ${access.verb} path "${access.path}"`, {});
  }
  throw forbidden(resource, resource.name, denial(user, access));
}

/** Example: `User "jane" cannot get resource "pods/log" in API group "" in the namespace "a"`. */
export function denial(user: User, { verb, resource, path }: Access): string {
  if (!resource) return `User "${user.name}" cannot ${verb} path "${path}"`;
  const { group, plural, subresource, namespace } = resource;
  const what = subresource ? `${plural}/${subresource}` : plural;
  const where = namespace ? `in the namespace "${namespace}"` : "at the cluster scope";
  return `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
}
