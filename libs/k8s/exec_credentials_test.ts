// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExecCredentials, type ExecCredentialsOptions } from "./exec_credentials.ts";

const root = mkdtempSync(join(tmpdir(), "st-exec-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const V1 = "client.authentication.k8s.io/v1";
const NOW = Date.UTC(2026, 0, 1);
let count = 0;

type ExecChange = Partial<ExecCredentialsOptions["exec"]>;

/** A plugin that runs these lines of shell and notes each run. */
function build(
  script: string,
  { exec = {}, ...more }: Omit<Partial<ExecCredentialsOptions>, "exec"> & { exec?: ExecChange } = {},
) {
  const name = `plugin${count++}`;
  const path = join(root, name);
  const runs = `${path}.runs`;
  writeFileSync(path, `#!/bin/sh\necho run >> ${runs}\n${script}\n`);
  chmodSync(path, 0o755);
  const clock = { now: NOW };
  const credentials = new ExecCredentials({
    exec: { apiVersion: V1, command: `./${name}`, interactiveMode: "Never", ...exec } as ExecCredentialsOptions["exec"],
    path: join(root, "kubeconfig"),
    cluster: { server: "https://east:6443" } as ExecCredentialsOptions["cluster"],
    ca: "PEM",
    env: { PATH: process.env["PATH"] },
    now: () => clock.now,
    interactive: false,
    ...more,
  });
  return { credentials, clock, runs: () => (existsSync(runs) ? readFileSync(runs, "utf8").split("\n").length - 1 : 0) };
}

const says = (status: object, apiVersion = V1) => `echo '${JSON.stringify({ apiVersion, kind: "ExecCredential", status })}'`;

test("an exec plugin's token is kept until shortly before it expires", async () => {
  const { credentials, clock, runs } = build(says({ token: "t", expirationTimestamp: "2026-01-01T01:00:00Z" }));
  expect(await credentials.token()).toBe("t");
  clock.now += 59 * 60_000;
  expect(await credentials.token()).toBe("t");
  expect(runs()).toBe(1);
  clock.now += 55_000;
  await credentials.token();
  expect(runs()).toBe(2);
});

test("an exec plugin without an expiry runs once, and again after it is to be forgotten", async () => {
  const { credentials, runs } = build(says({ token: "t" }));
  await Promise.all([credentials.token(), credentials.certificate(), credentials.token()]);
  expect(runs()).toBe(1);
  credentials.forget();
  await credentials.token();
  expect(runs()).toBe(2);
});

test("an exec plugin may give a certificate in place of a token", async () => {
  const { credentials } = build(says({ clientCertificateData: "C", clientKeyData: "K" }));
  expect(await credentials.certificate()).toEqual({ cert: "C", key: "K" });
  expect(await credentials.token()).toBeUndefined();
});

test("an exec plugin gets its arguments, environment and, if it wants, the cluster", async () => {
  const exec = {
    args: ["--region", "x y"],
    env: [{ name: "PROFILE", value: "prod" }],
    provideClusterInfo: true,
  };
  const said = join(root, "said");
  const { credentials } = build(`echo "$2|$PROFILE|$KUBERNETES_EXEC_INFO" > ${said}\n${says({ token: "t" })}`, { exec });
  await credentials.token();
  const [region, profile, info = ""] = readFileSync(said, "utf8").split("|");
  expect([region, profile]).toEqual(["x y", "prod"]);
  expect(JSON.parse(info)).toEqual({
    apiVersion: V1,
    kind: "ExecCredential",
    spec: { interactive: false, cluster: { server: "https://east:6443", "certificate-authority-data": "UEVN" } },
  });
});

test("an exec plugin of v1beta1 works as well", async () => {
  const beta = "client.authentication.k8s.io/v1beta1";
  const { credentials } = build(says({ token: "t" }, beta), { exec: { apiVersion: beta } });
  expect(await credentials.token()).toBe("t");
});

const failing: readonly [what: string, script: string, exec: ExecChange, message: string][] = [
  ["that fails", "echo trouble >&2; echo no login >&2; exit 3", {}, "ended with status 3: no login"],
  ["that answers no JSON", "echo hello", {}, "answers no ExecCredential"],
  ["that answers nothing", "true", {}, "answers no ExecCredential"],
  [
    "that answers another version",
    says({ token: "t" }, "client.authentication.k8s.io/v1beta1"),
    {},
    "not in client.authentication.k8s.io/v1",
  ],
  ["that gives nothing", says({}), {}, "gives neither a token nor a certificate"],
  ["that gives half a certificate", says({ clientCertificateData: "C" }), {}, "without its key"],
  ["that gives an expiry that is no time", says({ token: "t", expirationTimestamp: "soon" }), {}, "is no time"],
  ["that takes too long", "exec sleep 30", {}, "it may have taken longer than 0.2 s"],
  [
    "of a version we do not know",
    "",
    { apiVersion: "client.authentication.k8s.io/v9" },
    "speaks client.authentication.k8s.io/v9",
  ],
  ["that must ask a person", "", { interactiveMode: "Always" }, "there is no terminal"],
  ["that is not installed", "", { command: "no-such-plugin", installHint: "get it\nhere" }, "is not found: get it here"],
  ["that is not there", "", { command: "./no-such-plugin" }, "cannot be started (ENOENT)"],
];

for (const [what, script, exec, message] of failing) {
  test(`an exec plugin ${what} is refused with a sentence`, async () => {
    const { credentials } = build(script, { exec, timeoutMs: 200 });
    const error = await credentials.token().catch((one: unknown) => one);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain("\n");
  });
}

test("an exec plugin that failed is run again at the next request", async () => {
  const { credentials, runs } = build("exit 1");
  await credentials.token().catch(() => {});
  await credentials.token().catch(() => {});
  expect(runs()).toBe(2);
});
