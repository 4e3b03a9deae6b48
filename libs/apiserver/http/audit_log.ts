// SPDX-License-Identifier: Apache-2.0
import { appendFileSync } from "node:fs";
import type { RequestInfo } from "./request_info.ts";

/** A request that was answered. */
export interface Answered {
  /** Who asked, "system:serviceaccount:NAMESPACE:NAME". */
  readonly user: string;
  readonly info: RequestInfo;
  /** Path and query. */
  readonly uri: string;
  readonly status: number;
}

/**
 * One line of JSON for each request of a pod's account, with the members of audit.k8s.io/v1 that a real API server writes at level
 * Metadata: whoever counts requests or wonders about rights reads the same of both. Lines are complete in the file once the answer
 * is on its way.
 *
 * @example
 * const audit = auditLog("/run/…/audit.log");
 * audit({ user, info, uri: "/api/v1/nodes", status: 200 });
 */
export function auditLog(file: string): (answered: Answered) => void {
  return ({ user, info: { verb, resource }, uri, status }) => {
    if (!user.startsWith("system:serviceaccount:")) return;
    const line = {
      kind: "Event",
      apiVersion: "audit.k8s.io/v1",
      level: "Metadata",
      stage: "ResponseComplete",
      requestURI: uri,
      verb,
      user: { username: user },
      ...(resource && {
        objectRef: {
          resource: resource.plural,
          namespace: resource.namespace,
          name: resource.name,
          subresource: resource.subresource,
        },
      }),
      responseStatus: { code: status },
    };
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  };
}
