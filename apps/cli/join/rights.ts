// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, failedWith, type Manifest, manifestKind } from "@strait/k8s";
import * as v from "valibot";
import { Failure } from "../failure.ts";

/** Something a user may or may not do. */
interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
}

const review = v.object({ status: v.object({ allowed: v.boolean() }) });

/** What applying objects takes: their kinds are created where they are not there, and patched where they are. */
export function rightsFor(objects: readonly Manifest[]): readonly Right[] {
  const rights = new Map<string, Right>();
  for (const object of objects) {
    const { group, plural: resource } = manifestKind(object);
    const { namespace } = object.metadata;
    for (const verb of ["create", "patch"]) {
      rights.set(`${verb} ${nameOf({ verb, group, resource })}`, { verb, group, resource, ...(namespace && { namespace }) });
    }
  }
  return [...rights.values()];
}

function nameOf({ resource, group }: Right): string {
  return group === "" ? resource : `${resource}.${group}`;
}

/**
 * Refuses a user who cannot do all that is coming, before any of it is done: half an installation helps nobody.
 *
 * @throws Failure naming every right that lacks
 * @returns what was found, in words
 */
export async function checkRights(client: ApiClient, rights: readonly Right[], signal: AbortSignal): Promise<string> {
  const asked = await Promise.all(rights.map(async (right) => ({ right, allowed: await allowed(client, right, signal) })));
  const lacking = asked.filter((each) => !each.allowed).map(({ right }) => `${right.verb} ${nameOf(right)}`);
  if (lacking.length === 0) return "The kubeconfig's user may do all that a join does";
  throw new Failure(
    `the kubeconfig's user may not ${lacking.join(", ")}: ask the cluster's administrator for these rights, or name a kubeconfig or --context that has them; nothing was changed`,
  );
}

async function allowed(client: ApiClient, right: Right, signal: AbortSignal): Promise<boolean> {
  const kind = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };
  try {
    const answer = await client.request({
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      body: { ...kind, metadata: {}, spec: { resourceAttributes: right } },
      signal,
    });
    const parsed = v.safeParse(review, answer);
    return !parsed.success || parsed.output.status.allowed;
  } catch (error) {
    // Who cannot ask learns it from the answer to the first thing that is tried.
    if (failedWith(error, "NotFound", "Forbidden")) return true;
    throw error;
  }
}
