// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { Authority } from "@strait/lab";
import { type Answer, Api, admin } from "../support/api.ts";
import { claimsOf, forgedToken, withCertificate } from "../support/keys.ts";
import { newNamespace } from "../support/objects.ts";
import { waitFor } from "../support/wait_for.ts";

const REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const ISSUER = "https://kubernetes.default.svc";

let api: Api;
let namespace: string;
let accounts: string;

beforeAll(async () => {
  api = await admin();
  namespace = await newNamespace(api);
  accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
});

const whoIs = async (user: Api) =>
  (await user.post(REVIEWS, { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" })).body.status?.userInfo;
const refusal = ({ status, body }: Answer) => [status, body.reason, body.message];
const unauthorized = [401, "Unauthorized", "Unauthorized"];

async function tokenOf(account: string, spec: object = { expirationSeconds: 3600 }): Promise<string> {
  const { status, body } = await api.post(`${accounts}/${account}/token`, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.status.token;
}

describe("a client certificate", () => {
  test("says who the user is, and its groups", async () => {
    const jane = await withCertificate(api, { user: "jane", groups: ["dev", "ops"] });
    const { username, groups } = await whoIs(jane);
    expect([username, groups.sort()]).toEqual(["jane", ["dev", "ops", "system:authenticated"]]);
  });

  test("of the group system:masters may do everything, and of none nothing", async () => {
    const master = await withCertificate(api, { user: "m", groups: ["system:masters"] });
    expect((await master.get("/api/v1/secrets")).status).toBe(200);
    const jane = await withCertificate(api, { user: "jane" });
    expect(refusal(await jane.get("/api/v1/secrets"))).toEqual([
      403,
      "Forbidden",
      'secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" at the cluster scope',
    ]);
  });

  test("that has expired, is not valid yet, or is of another authority is refused", async () => {
    const expired = { user: "jane", notBefore: new Date("2020-01-01"), notAfter: new Date("2020-02-01") };
    const early = { user: "jane", notBefore: new Date("2090-01-01"), notAfter: new Date("2090-02-01") };
    const stranger = await Authority.create("other-ca");
    for (const user of [
      await withCertificate(api, expired),
      await withCertificate(api, early),
      await withCertificate(api, { user: "jane", groups: ["system:masters"] }, stranger),
    ]) {
      expect(refusal(await user.get("/api/v1/namespaces"))).toEqual(unauthorized);
    }
  });

  test("of a server is none of a client", async () => {
    const server = await withCertificate(api, { user: "jane", names: ["jane.example.com"] });
    expect((await server.get("/api/v1/namespaces")).status).toBe(401);
  });
});

describe("the server's certificate", () => {
  test("is of the authority that the kubeconfig names, and of no other", async () => {
    const other = new Api(api.url, { ca: (await Authority.create("other-ca")).cert });
    await expect(other.get("/version")).rejects.toThrow();
    expect((await new Api(api.url, api.tls).get("/version")).status).toBe(200);
  });

  test("is good for localhost and 127.0.0.1", async () => {
    for (const name of ["localhost", "127.0.0.1"]) {
      const at = new Api(api.url.replace(/\/\/[^:]+:/, `//${name}:`), api.tls);
      expect((await at.get("/version")).status).toBe(200);
    }
  });

  test("is not spoken without TLS", async () => {
    const plain = await fetch(`${api.url.replace("https", "http")}/version`).then(
      (answer) => answer.status,
      () => "closed",
    );
    expect(["closed", 400]).toContain(plain);
  });
});

describe("nobody", () => {
  test("may ask for version and health, and nothing else", async () => {
    const nobody = new Api(api.url, { ...(api.tls.ca === undefined ? {} : { ca: api.tls.ca }) });
    for (const path of ["/version", "/healthz", "/readyz", "/livez"])
      expect([path, (await nobody.get(path)).status]).toEqual([path, 200]);
    expect(refusal(await nobody.get("/api"))).toEqual([
      403,
      "Forbidden",
      'forbidden: User "system:anonymous" cannot get path "/api"',
    ]);
    const secrets = await nobody.get(`/api/v1/namespaces/${namespace}/secrets`);
    expect(refusal(secrets)).toEqual([
      403,
      "Forbidden",
      `secrets is forbidden: User "system:anonymous" cannot list resource "secrets" in API group "" in the namespace "${namespace}"`,
    ]);
  });
});

describe("a token of a TokenRequest", () => {
  test("makes its bearer the ServiceAccount, and says so inside", async () => {
    const account = await api.make(accounts, { metadata: { name: "asked" } });
    const token = await tokenOf("asked");
    const claims = claimsOf(token);
    expect(claims).toMatchObject({ iss: ISSUER, sub: `system:serviceaccount:${namespace}:asked` });
    expect(claims["kubernetes.io"]).toEqual({ namespace, serviceaccount: { name: "asked", uid: account.metadata.uid } });
    expect(claims.exp - claims.iat).toBe(3600);
    const { username, uid, groups } = await whoIs(api.withToken(token));
    expect([username, uid]).toEqual([claims.sub, account.metadata.uid]);
    expect(groups.sort()).toEqual(["system:authenticated", "system:serviceaccounts", `system:serviceaccounts:${namespace}`]);
  });

  test("of another audience is refused", async () => {
    await api.make(accounts, { metadata: { name: "audience" } });
    const token = await tokenOf("audience", { audiences: ["https://other.example.com"] });
    expect(claimsOf(token).aud).toEqual(["https://other.example.com"]);
    expect(refusal(await api.withToken(token).get("/version"))).toEqual(unauthorized);
  });

  test("of less than ten minutes, or of an account that is not there, is not given", async () => {
    const short = await api.post(`${accounts}/default/token`, { spec: { expirationSeconds: 60 } });
    expect([short.status, short.body.details.causes[0].field]).toEqual([422, "spec.expirationSeconds"]);
    const nobody = await api.post(`${accounts}/nobody/token`, { spec: {} });
    expect([nobody.status, nobody.body.reason]).toEqual([404, "NotFound"]);
  });
});

describe("a token that is no good", () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = async (more: object = {}) => {
    const { body } = await api.get(`${accounts}/default`);
    const kubernetes = { namespace, serviceaccount: { name: "default", uid: body.metadata.uid } };
    return {
      iss: ISSUER,
      aud: [ISSUER],
      sub: `system:serviceaccount:${namespace}:default`,
      iat: now,
      nbf: now,
      exp: now + 600,
      "kubernetes.io": kubernetes,
      ...more,
    };
  };

  test("is not one that a test signs rightly", async () => {
    const { username } = await whoIs(api.withToken(await forgedToken(await claims())));
    expect(username).toBe(`system:serviceaccount:${namespace}:default`);
  });

  test("is refused where it has expired, is not valid yet, or is of another issuer", async () => {
    for (const more of [{ exp: now - 600 }, { nbf: now + 600 }, { iss: "https://other.example.com" }]) {
      const token = await forgedToken(await claims(more));
      expect([more, refusal(await api.withToken(token).get("/version"))]).toEqual([more, unauthorized]);
    }
  });

  test("is refused where it was changed, cut, or never was one", async () => {
    const good = await tokenOf("default");
    const [head = "", body = "", signature = ""] = good.split(".");
    const root = Buffer.from(JSON.stringify({ ...claimsOf(good), sub: "system:serviceaccount:kube-system:root" })).toString(
      "base64url",
    );
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.`;
    for (const token of [`${head}.${root}.${signature}`, good.slice(0, -4), none, "nonsense"]) {
      expect(refusal(await api.withToken(token).get("/version"))).toEqual(unauthorized);
    }
  });
});

describe("a Secret for a ServiceAccount's token", () => {
  test("is filled with token, certificate and namespace, and the token works", async () => {
    const { metadata } = await api.make(accounts, { metadata: { name: "kept" } });
    const { annotations, data } = await tokenSecret("kept");
    expect([data["namespace"], data["ca.crt"]?.trim()]).toEqual([namespace, api.tls.ca?.trim() ?? ""]);
    expect(annotations["kubernetes.io/service-account.uid"]).toBe(metadata.uid);
    const claims = claimsOf(data["token"] ?? "");
    expect([claims.sub, claims.exp]).toEqual([`system:serviceaccount:${namespace}:kept`, undefined]);
    expect((await whoIs(api.withToken(data["token"] ?? ""))).username).toBe(claims.sub);
  });
});

/** Asks for a Secret with the token of an account and waits until it is filled; its data come back as text. */
async function tokenSecret(account: string): Promise<{ annotations: Record<string, string>; data: Record<string, string> }> {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const annotations = { "kubernetes.io/service-account.name": account };
  await api.make(secrets, { metadata: { name: `${account}-token`, annotations }, type: "kubernetes.io/service-account-token" });
  const { metadata, data } = await waitFor("the token", async () => {
    const { body } = await api.get(`${secrets}/${account}-token`);
    return body.data?.token !== undefined && body;
  });
  const text = Object.entries(data).map(([key, value]) => [key, Buffer.from(`${value}`, "base64").toString()]);
  return { annotations: metadata.annotations, data: Object.fromEntries(text) };
}

describe("a token ends", () => {
  /** Each case makes a token and then ends what it hangs on. They wait side by side: the real server keeps a good answer for ten seconds. */
  const secrets = () => `/api/v1/namespaces/${namespace}/secrets`;
  const cases: Record<string, () => Promise<Api>> = {
    "with its account, even where one of the same name comes back": async () => {
      await api.make(accounts, { metadata: { name: "ends" } });
      const bearer = api.withToken(await tokenOf("ends"));
      expect((await bearer.get("/version")).status).toBe(200);
      await api.delete(`${accounts}/ends`);
      await api.make(accounts, { metadata: { name: "ends" } });
      return bearer;
    },
    "with the Secret that it was bound to": async () => {
      const { metadata } = await api.make(secrets(), { metadata: { name: "bound" } });
      const boundObjectRef = { apiVersion: "v1", kind: "Secret", name: "bound", uid: metadata.uid };
      const bearer = api.withToken(await tokenOf("default", { boundObjectRef }));
      expect((await bearer.get("/version")).status).toBe(200);
      await api.delete(`${secrets()}/bound`);
      return bearer;
    },
    "with the Secret that holds it, and that with the account": async () => {
      await api.make(accounts, { metadata: { name: "gone" } });
      const { data } = await tokenSecret("gone");
      const bearer = api.withToken(data["token"] ?? "");
      expect((await bearer.get("/version")).status).toBe(200);
      await api.delete(`${accounts}/gone`);
      await waitFor("the Secret to go", async () => (await api.get(`${secrets()}/gone-token`)).status === 404);
      return bearer;
    },
  };
  const ended = new Map<string, Promise<unknown>>();
  beforeAll(() => {
    for (const [what, end] of Object.entries(cases)) {
      const refused = end().then((bearer) =>
        waitFor("the token to be refused", async () => (await bearer.get("/version")).status === 401),
      );
      ended.set(
        what,
        refused.then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
    }
  });
  for (const what of Object.keys(cases)) test(what, async () => expect(await ended.get(what)).toBeUndefined());
});

describe("a TokenReview", () => {
  test("tells whose a token is, and that a wrong one is nobody's", async () => {
    const reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
    const good = await api.post(reviews, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      spec: { token: await tokenOf("default") },
    });
    expect(good.body.status).toMatchObject({
      authenticated: true,
      user: { username: `system:serviceaccount:${namespace}:default` },
    });
    const bad = await api.post(reviews, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      spec: { token: "nonsense" },
    });
    expect([bad.status, bad.body.status.authenticated ?? false]).toEqual([201, false]);
  });
});
