// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrokerAccess, brokerAccess } from "./broker_connection.ts";

const folder = mkdtempSync(join(tmpdir(), "st-broker-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const server = { BROKER_K8S_APISERVER: "172.31.0.5:6443" };

function access(env: Record<string, string>): BrokerAccess {
  const found = brokerAccess({ ...server, ...env }, folder);
  if (!found.ok || !found.value) throw new Error("no broker");
  return found.value;
}

test("without BROKER_K8S_APISERVER there is no broker, and no fault", () => {
  expect(brokerAccess({})).toEqual({ ok: true, value: undefined });
});

test("the broker's address gets its scheme and keeps one that it has", () => {
  const token = { BROKER_K8S_APISERVERTOKEN: "t" };
  expect(access(token).connection.server).toBe("https://172.31.0.5:6443");
  expect(access({ ...token, BROKER_K8S_APISERVER: "https://broker.example/prefix/" }).connection.server).toBe(
    "https://broker.example/prefix",
  );
  expect(access({ ...token, BROKER_K8S_APISERVER: "[fd31::5]:6443" }).connection.server).toBe("https://[fd31::5]:6443");
});

test("the broker's namespace, authority and token come from variables", async () => {
  const { connection, namespace } = access({
    BROKER_K8S_APISERVERTOKEN: "abc",
    BROKER_K8S_CA: Buffer.from(PEM).toString("base64"),
    BROKER_K8S_REMOTENAMESPACE: "meeting",
  });
  expect(namespace).toBe("meeting");
  expect(connection.tls).toEqual({ ca: PEM });
  expect(await connection.token?.()).toBe("abc");
  expect(access({ BROKER_K8S_APISERVERTOKEN: "abc", BROKER_K8S_INSECURE: "true" }).connection.tls).toEqual({ insecure: true });
  expect(access({ BROKER_K8S_APISERVERTOKEN: "abc" }).namespace).toBe("submariner-k8s-broker");
});

test("a token in the mounted Secret is used before the variable's, and a new one at once", async () => {
  mkdirSync(join(folder, "creds"), { recursive: true });
  writeFileSync(join(folder, "creds", "token"), "first\n");
  writeFileSync(join(folder, "creds", "ca.crt"), PEM);
  const { connection } = access({ BROKER_K8S_SECRET: "creds", BROKER_K8S_APISERVERTOKEN: "old" });
  expect(await connection.token?.()).toBe("first");
  expect(connection.tls.ca).toBe(PEM.trim());
  writeFileSync(join(folder, "creds", "token"), "second-token\n");
  expect(await connection.token?.()).toBe("second-token");
});

test("a Secret that is not mounted is told when it is needed, not by ending the app", async () => {
  const { connection } = access({ BROKER_K8S_SECRET: "missing" });
  expect(connection.tls).toEqual({});
  await expect(connection.token?.()).rejects.toThrow("cannot be read (ENOENT)");
});

test.each<[string, Record<string, string>, string]>([
  ["no credential", {}, "there is no credential for the broker"],
  ["no address", { BROKER_K8S_APISERVER: "a b" }, "is no host:port"],
  ["a path as the Secret", { BROKER_K8S_SECRET: "../../etc" }, "is no name of a Secret"],
  ["no certificate", { BROKER_K8S_APISERVERTOKEN: "t", BROKER_K8S_CA: "AAAA" }, "holds no certificate"],
])("the broker's variables are refused with a reason: %s", (_, env, reason) => {
  expect(brokerAccess({ ...server, ...env })).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});
