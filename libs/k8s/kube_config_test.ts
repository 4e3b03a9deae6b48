// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { KubeConfigError, kubeContexts, loadKubeConfig } from "./mod.ts";

const root = mkdtempSync(join(tmpdir(), "st-kube-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const PEM = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n";
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** A kubeconfig of one cluster; `user` and `cluster` are more lines of theirs. */
function config({ user = "token: secret", cluster = "", context = "", current = "east", name = "east" } = {}): string {
  return `apiVersion: v1
kind: Config
current-context: ${current}
clusters:
  - name: ${name}
    cluster:
      server: https://${name}.example:6443/
      ${cluster}
users:
  - name: admin
    user:
      ${user}
contexts:
  - name: ${name}
    context: { cluster: ${name}, user: admin ${context} }
`;
}

const env = { HOME: root };

test("a kubeconfig gives server, namespace, inline authority and token of its current context", async () => {
  const path = file("plain", config({ cluster: `certificate-authority-data: ${base64(PEM)}`, context: ", namespace: apps" }));
  const connection = await loadKubeConfig({ path, env });
  expect(connection).toMatchObject({ server: "https://east.example:6443", namespace: "apps", tls: { ca: PEM } });
  expect(await connection.token?.()).toBe("secret");
  expect(connection.origin).toBe(`context "east" of ${path}`);
});

test("a kubeconfig's paths are relative to its own folder", async () => {
  file("pki/ca.crt", `${PEM}ca`);
  file("pki/own.crt", `${PEM}own`);
  file("pki/own.key", `${PEM}key`);
  file("pki/token", "from a file\n");
  const user = "client-certificate: ../pki/own.crt\n      client-key: ../pki/own.key\n      tokenFile: ../pki/token";
  const path = file("conf/relative", config({ user, cluster: "certificate-authority: ../pki/ca.crt" }));
  const connection = await loadKubeConfig({ path, env });
  expect(connection.tls).toMatchObject({ ca: `${PEM}ca`, cert: `${PEM}own`, key: `${PEM}key` });
  expect(await connection.token?.()).toBe("from a file");
  file("pki/token", "another one");
  expect(await connection.token?.()).toBe("another one");
});

test("a kubeconfig's inline data goes before its paths", async () => {
  const cluster = `certificate-authority-data: ${base64(PEM)}\n      certificate-authority: /nowhere`;
  expect((await loadKubeConfig({ path: file("both", config({ cluster })), env })).tls.ca).toBe(PEM);
});

test("a kubeconfig's server name, proxy, unchecked certificate and impersonation are taken over", async () => {
  const cluster = "tls-server-name: kubernetes\n      insecure-skip-tls-verify: true\n      proxy-url: http://proxy:3128";
  const path = file("more", config({ cluster, user: "as: jane\n      as-groups: [dev]" }));
  expect(await loadKubeConfig({ path, env })).toMatchObject({
    tls: { serverName: "kubernetes", insecure: true },
    proxy: "http://proxy:3128",
    headers: { "impersonate-user": "jane", "impersonate-group": "dev" },
  });
});

test("kubeconfigs of $KUBECONFIG are read as one: the first to name a thing has it, and missing ones are skipped", async () => {
  const first = file("first", config({ current: '""', user: "token: first" }));
  const second = file("second", config({ name: "west", current: "west", user: "token: second" }));
  const merged = { KUBECONFIG: [first, join(root, "missing"), second].join(":") };
  expect(await kubeContexts({ env: merged })).toEqual({ current: "west", names: ["east", "west"] });
  const west = await loadKubeConfig({ env: merged });
  expect(west.server).toBe("https://west.example:6443");
  expect(await west.token?.()).toBe("first");
  expect((await loadKubeConfig({ env: merged, context: "east" })).server).toBe("https://east.example:6443");
});

test("a kubeconfig is looked for in the home folder when none is named", async () => {
  file(".kube/config", config());
  expect((await loadKubeConfig({ env })).server).toBe("https://east.example:6443");
});

const refused: readonly [what: string, text: string, says: string][] = [
  ["that is no YAML", "a: [", "is no YAML: Unexpected token"],
  ["that is no map", "- 1", "is no kubeconfig"],
  ["with a wrong type", config({ user: "token: [1]" }), "users.0.user.token"],
  ["without a current context", config({ current: '""' }), 'names no current context: choose one of "east"'],
  ["whose current context is not there", config({ current: "north" }), 'has no context "north"'],
  [
    "whose cluster is not there",
    "current-context: a\ncontexts: [{name: a, context: {cluster: b}}]",
    'the cluster "b", which is not there',
  ],
  ["whose user is not there", config().replace("name: admin", "name: other"), 'the user "admin", which is not there'],
  ["with an address that is none", config().replace("https://east.example:6443/", "east:6443"), "is no address of a server"],
  ["with a password in the address", config().replace("https://east", "https://a:secret@east"), "has a password in its address"],
  ["with inline data that is no PEM", config({ cluster: "certificate-authority-data: AAAA" }), "holds no PEM"],
  ["with a path that leads nowhere", config({ cluster: "certificate-authority: nowhere.crt" }), "cannot be read (ENOENT)"],
  ["with a certificate without its key", config({ user: `client-certificate-data: ${base64(PEM)}` }), "without its key"],
  ["with an auth-provider", config({ user: "auth-provider: { name: gcp }" }), 'the auth-provider "gcp"'],
  ["with a password", config({ user: "username: a\n      password: b" }), "has a password"],
  ["with a proxy of another kind", config({ cluster: "proxy-url: socks5://proxy:1080" }), "only http:// and https://"],
  ["with several groups", config({ user: "as: jane\n      as-groups: [a, b]" }), "in several groups"],
];

for (const [what, text, says] of refused) {
  test(`a kubeconfig ${what} is refused with a sentence`, async () => {
    const path = file("refused", text);
    const error = await loadKubeConfig({ path, env }).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(KubeConfigError);
    expect((error as Error).message).toContain(says);
    expect((error as Error).message).toContain(path);
  });
}

test("a kubeconfig that is not there is refused, whether it was named or looked for", async () => {
  await expect(loadKubeConfig({ path: join(root, "none"), env })).rejects.toThrow("cannot be read (ENOENT)");
  await expect(loadKubeConfig({ env: { HOME: join(root, "nobody") } })).rejects.toThrow("there is no kubeconfig");
  await expect(loadKubeConfig({ env: {} })).rejects.toThrow("there is no kubeconfig");
});

test("a kubeconfig's exec plugin is found beside it and gives the token", async () => {
  const answer = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token: "from a plugin" } };
  chmodSync(file("plugins/login", `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`), 0o755);
  const user = "exec: { apiVersion: client.authentication.k8s.io/v1, command: ./plugins/login, interactiveMode: Never }";
  const connection = await loadKubeConfig({ path: file("exec", config({ user })), env });
  expect(await connection.token?.()).toBe("from a plugin");
  expect(connection.forget).toBeFunction();
});
