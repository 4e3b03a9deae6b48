// SPDX-License-Identifier: Apache-2.0
import type { Peer } from "../http/listener.ts";
import { forbidden, unauthorized } from "../http/status_error.ts";
import type { Rbac } from "./rbac.ts";
import type { ServiceAccountTokens } from "./service_accounts.ts";
import { ISSUER } from "./token_issuer.ts";
import { anonymous, type User } from "./user.ts";

/** What tells who asks. */
export interface Authenticators {
  readonly tokens: ServiceAccountTokens;
  readonly rbac: Rbac;
  readonly now: () => number;
  /** Audiences of this server's own tokens. */
  readonly audiences?: readonly string[];
}

/**
 * Who asks: by client certificate (CN is the user, each O a group), else by bearer token, else anonymous. What is shown and wrong is
 * refused, never taken for nothing.
 *
 * @throws StatusError 401; 403 where the caller may not impersonate.
 */
export function authenticate({ tokens, rbac, now, audiences = [ISSUER] }: Authenticators, headers: Headers, peer: Peer): User {
  const user = direct();
  const wanted = headers.get("impersonate-user");
  return wanted === null ? user : impersonated(rbac, user, wanted, headers);

  function direct(): User {
    const { certificate, rejected } = peer;
    if (certificate && certificate.notAfter > now() && certificate.commonName) {
      return { name: certificate.commonName, groups: withAuthenticated(certificate.organizations) };
    }
    const authorization = headers.get("authorization");
    if (authorization !== null) {
      const token = /^bearer +(\S+)$/i.exec(authorization)?.[1];
      const reviewed = token === undefined ? undefined : tokens.review(token, audiences);
      if (!reviewed?.ok) throw unauthorized();
      return reviewed.value.user;
    }
    if (certificate || rejected) throw unauthorized();
    return anonymous;
  }
}

function withAuthenticated(groups: readonly string[]): string[] {
  return [...new Set([...groups, "system:authenticated"])];
}

function impersonated(rbac: Rbac, user: User, name: string, headers: Headers): User {
  const groups = (headers.get("impersonate-group") ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const asked = [
    account
      ? { plural: "serviceaccounts", namespace: account[1], name: account[2] }
      : { plural: "users", namespace: undefined, name },
    ...groups.map((group) => ({ plural: "groups", namespace: undefined, name: group })),
  ];
  for (const resource of asked) {
    if (rbac.allows(user, { verb: "impersonate", resource: { group: "", ...resource } })) continue;
    const where = resource.namespace ? `in the namespace "${resource.namespace}"` : "at the cluster scope";
    const why = `User "${user.name}" cannot impersonate resource "${resource.plural}" in API group "" ${where}`;
    throw forbidden({ group: "", plural: resource.plural }, resource.name, why);
  }
  const own = account && groups.length === 0 ? ["system:serviceaccounts", `system:serviceaccounts:${account[1]}`] : [];
  return { name, groups: withAuthenticated([...groups, ...own]) };
}
