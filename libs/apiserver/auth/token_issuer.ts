// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { ok, type Result, refuse } from "@strait/model";

/** Who issues tokens and, by default, for whom. */
export const ISSUER = "https://kubernetes.default.svc";

/** The members of a token that count here; times in seconds since 1970. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud?: readonly string[];
  readonly exp?: number;
  readonly iat: number;
  readonly nbf: number;
  readonly jti: string;
  readonly "kubernetes.io": {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
    readonly pod?: { readonly name: string; readonly uid: string };
    readonly secret?: { readonly name: string; readonly uid: string };
  };
}

const encode = (value: string | Uint8Array) => Buffer.from(value).toString("base64url");
const HEAD = encode(JSON.stringify({ alg: "ES256", kid: "strait", typ: "JWT" }));

/** Makes and checks JSON web tokens signed with one key (ES256). */
export class TokenIssuer {
  readonly #key: KeyObject;
  readonly #public: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
    this.#public = createPublicKey(key);
  }

  issue(claims: Claims): string {
    const signed = `${HEAD}.${encode(JSON.stringify(claims))}`;
    return `${signed}.${encode(sign("sha256", Buffer.from(signed), { key: this.#key, dsaEncoding: "ieee-p1363" }))}`;
  }

  /** The claims of a token of ours that is valid at `now` (ms). Whether its account still exists is the caller's question. */
  read(token: string, now: number): Result<Claims> {
    const [head, body, signature, ...more] = token.split(".");
    if (!head || !body || !signature || more.length > 0) return refuse("the token is no JSON web token");
    const bytes = Buffer.from(signature, "base64url");
    const right = verify("sha256", Buffer.from(`${head}.${body}`), { key: this.#public, dsaEncoding: "ieee-p1363" }, bytes);
    if (!right) return refuse("the token's signature is wrong");
    // Only after the signature is known to be ours is it looked into.
    const { alg } = JSON.parse(Buffer.from(head, "base64url").toString()) as { alg?: unknown };
    if (alg !== "ES256") return refuse("the token is signed in a way that this server does not use");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Claims;
    if (claims.iss !== ISSUER) return refuse("the token was issued by somebody else");
    const seconds = now / 1000;
    if (claims.exp !== undefined && claims.exp <= seconds) return refuse("the token has expired");
    if (claims.nbf > seconds + 60) return refuse("the token is not valid yet");
    return ok(claims);
  }
}
