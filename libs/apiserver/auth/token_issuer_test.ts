// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { type Claims, ISSUER, TokenIssuer } from "./token_issuer.ts";

const NOW = 1_800_000_000_000;
const issuer = new TokenIssuer(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
const stranger = new TokenIssuer(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
const claims = (more: Partial<Claims> = {}): Claims => ({
  iss: ISSUER,
  sub: "system:serviceaccount:a:b",
  iat: NOW / 1000,
  nbf: NOW / 1000,
  exp: NOW / 1000 + 600,
  jti: "x",
  "kubernetes.io": { namespace: "a", serviceaccount: { name: "b", uid: "u" } },
  ...more,
});
const withoutSignature = (token: string) => `${token.split(".").slice(0, 2).join(".")}.`;
const otherBody = (token: string) =>
  token
    .split(".")
    .with(1, Buffer.from(JSON.stringify(claims({ sub: "root" }))).toString("base64url"))
    .join(".");

test("a token that was issued is read back", () => {
  const read = issuer.read(issuer.issue(claims()), NOW);
  expect(read).toEqual({ ok: true, value: claims() });
});

test.each([
  ["of a stranger", stranger.issue(claims()), "signature"],
  ["without signature", withoutSignature(issuer.issue(claims())), "no JSON web token"],
  ["with another body", otherBody(issuer.issue(claims())), "signature"],
  ["that expired", issuer.issue(claims({ exp: NOW / 1000 })), "expired"],
  ["of tomorrow", issuer.issue(claims({ nbf: NOW / 1000 + 3600 })), "not valid yet"],
  ["of another issuer", issuer.issue(claims({ iss: "x" })), "somebody else"],
  ["that is none", "abc", "no JSON web token"],
])("a token %s is refused", (_name, token, reason) => {
  const read = issuer.read(token, NOW);
  expect(read.ok ? "" : read.reason).toContain(reason);
});
