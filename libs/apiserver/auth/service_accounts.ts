// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import { type ApiObject, parseStored, section } from "../kinds/api_object.ts";
import type { ObjectStore } from "../store/object_store.ts";
import { type Claims, ISSUER, type TokenIssuer } from "./token_issuer.ts";
import type { User } from "./user.ts";

/** What a token is bound to besides its account. */
export interface BoundTo {
  readonly kind: "Pod" | "Secret";
  readonly name: string;
  readonly uid: string;
}

/** Tokens of ServiceAccounts: who they are, for as long as the account and what the token is bound to exist. */
export class ServiceAccountTokens {
  readonly #store: ObjectStore;
  readonly #issuer: TokenIssuer;
  readonly #now: () => number;

  constructor(store: ObjectStore, issuer: TokenIssuer, now: () => number) {
    this.#store = store;
    this.#issuer = issuer;
    this.#now = now;
  }

  /** A token of an account. Without `seconds` it does not expire: only what lies in a Secret may be so. */
  issue(account: ApiObject, audiences: readonly string[], seconds: number | undefined, bound?: BoundTo): string {
    const { namespace = "", name, uid = "" } = account.metadata;
    const now = Math.floor(this.#now() / 1000);
    return this.#issuer.issue({
      iss: ISSUER,
      sub: `system:serviceaccount:${namespace}:${name}`,
      aud: audiences,
      ...(seconds !== undefined && { exp: now + seconds }),
      iat: now,
      nbf: now,
      jti: crypto.randomUUID(),
      "kubernetes.io": {
        namespace,
        serviceaccount: { name, uid },
        ...(bound && { [bound.kind === "Pod" ? "pod" : "secret"]: { name: bound.name, uid: bound.uid } }),
      },
    });
  }

  /** The account behind a token, and for which of the audiences it is good. */
  review(token: string, audiences: readonly string[]): Result<{ user: User; audiences: readonly string[] }> {
    const read = this.#issuer.read(token, this.#now());
    if (!read.ok) return read;
    const claims = read.value;
    const shared = (claims.aud ?? [ISSUER]).filter((audience) => audiences.includes(audience));
    if (shared.length === 0) return refuse("the token is for another audience");
    const { namespace, serviceaccount, pod, secret } = claims["kubernetes.io"];
    const account = this.#present("serviceaccounts", namespace, serviceaccount);
    if (!account) return refuse("the token's ServiceAccount was deleted");
    if (pod && !this.#present("pods", namespace, pod)) return refuse("the pod that the token is bound to was deleted");
    const bound = secret && this.#present("secrets", namespace, secret);
    if (secret && !bound) return refuse("the Secret of the token was deleted");
    // A token without an end is good only as long as it lies in its Secret.
    if (claims.exp === undefined && !bound) return refuse("the token has no end and belongs to no Secret");
    if (bound && claims.exp === undefined && section(bound, "data")["token"] !== Buffer.from(token).toString("base64"))
      return refuse("the token is no longer the one in its Secret");
    return ok({ user: userOf(claims), audiences: shared });
  }

  #present(resource: string, namespace: string, { name, uid }: { name: string; uid: string }): ApiObject | undefined {
    const stored = this.#store.get({ resource, namespace, name });
    const object = stored && parseStored(stored);
    return object?.metadata.uid === uid ? object : undefined;
  }
}

function userOf(claims: Claims): User {
  const { namespace, serviceaccount, pod } = claims["kubernetes.io"];
  return {
    name: claims.sub,
    uid: serviceaccount.uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
    extra: {
      "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`],
      ...(pod && { "authentication.kubernetes.io/pod-name": [pod.name], "authentication.kubernetes.io/pod-uid": [pod.uid] }),
    },
  };
}
