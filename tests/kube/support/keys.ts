// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, sign } from "node:crypto";
import { Authority, type Subject } from "@strait/lab";
import { Api, type Json } from "./api.ts";
import { sharedPlane } from "./plane.ts";

/** The file of that name below the control plane's folder: both kinds keep their keys there, each in a place of its own. */
async function keptFile(names: readonly string[]): Promise<string> {
  const { dir } = await sharedPlane();
  for (const name of names) {
    const [found] = await Array.fromAsync(new Bun.Glob(`**/${name}`).scan({ cwd: dir, absolute: true }));
    if (found !== undefined) return Bun.file(found).text();
  }
  throw new Error(`${dir} holds none of ${names.join(", ")}`);
}

/** The authority of the shared control plane. */
export async function clusterAuthority(): Promise<Authority> {
  return Authority.from({ cert: await keptFile(["ca.crt"]), key: await keptFile(["ca.key"]) });
}

/** Somebody with a client certificate of the cluster's authority, or of another one. */
export async function withCertificate(api: Api, subject: Subject, authority?: Authority): Promise<Api> {
  const { cert, key } = await (authority ?? (await clusterAuthority())).issue(subject);
  return new Api(api.url, { ...(api.tls.ca === undefined ? {} : { ca: api.tls.ca }), cert, key });
}

/** A token with these claims, signed with the cluster's own key, as only a test can have it: expired, or for somebody who is gone. */
export async function forgedToken(claims: Json): Promise<string> {
  const key = createPrivateKey(await keptFile(["sa.key", "tokens.key"]));
  const part = (value: Json) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "ES256", typ: "JWT" })}.${part(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

/** What a token says. */
export function claimsOf(token: string): Json {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
