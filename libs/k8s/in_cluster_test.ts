// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inClusterConnection, KubeConfigError } from "./mod.ts";

const root = mkdtempSync(join(tmpdir(), "st-pod-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const env = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };

/** A mounted service account, as the kubelet lays it out: files are links into a folder that is swapped. */
function mounted(name: string) {
  const dir = join(root, name);
  let turn = 0;
  const set = (files: Record<string, string>) => {
    const data = `..data_${turn++}`;
    mkdirSync(join(dir, data), { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(join(dir, data, file), text);
      if (turn === 1) symlinkSync(join("..data", file), join(dir, file));
    }
    symlinkSync(data, join(dir, "..new"));
    renameSync(join(dir, "..new"), join(dir, "..data"));
  };
  return { dir, set };
}

test("a pod's connection has the server, namespace, authority and token of its service account", async () => {
  const { dir, set } = mounted("plain");
  set({ token: "t1\n", "ca.crt": "CA", namespace: "submariner-operator" });
  const connection = await inClusterConnection({ dir, env });
  expect(connection).toMatchObject({ server: "https://10.96.0.1:443", namespace: "submariner-operator", tls: { ca: "CA" } });
  expect(await connection.token?.()).toBe("t1");
});

test("a pod's connection follows the token and the authority when they are replaced", async () => {
  const { dir, set } = mounted("rotated");
  set({ token: "t1", "ca.crt": "CA1" });
  const connection = await inClusterConnection({ dir, env });
  expect(await connection.token?.()).toBe("t1");
  set({ token: "t2", "ca.crt": "CA2" });
  expect(await connection.token?.()).toBe("t2");
  expect(connection.tls.ca).toBe("CA2");
});

test("a pod's connection keeps the last token while the file is away or empty", async () => {
  const { dir, set } = mounted("away");
  set({ token: "t1", "ca.crt": "CA" });
  const connection = await inClusterConnection({ dir, env });
  set({ token: "" });
  expect(await connection.token?.()).toBe("t1");
  rmSync(join(dir, "token"));
  expect(await connection.token?.()).toBe("t1");
});

test("a pod's connection puts an IPv6 address into brackets", async () => {
  const { dir, set } = mounted("v6");
  set({ token: "t", "ca.crt": "CA" });
  const connection = await inClusterConnection({ dir, env: { ...env, KUBERNETES_SERVICE_HOST: "fd00::1" } });
  expect(connection.server).toBe("https://[fd00::1]:443");
});

test("a pod's connection is refused outside of a pod and without a service account", async () => {
  await expect(inClusterConnection({ dir: root, env: {} })).rejects.toThrow("this is no pod");
  const error = await inClusterConnection({ dir: join(root, "nowhere"), env }).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(KubeConfigError);
  expect((error as Error).message).toContain("token cannot be read (ENOENT)");
});
