// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKubeConfig } from "@strait/k8s";
import { kubeConfig } from "./kubeconfig.ts";

test("kubeConfig is read back by who uses it, with a certificate or with a token", async () => {
  const dir = await mkdtemp(join(tmpdir(), "strait-kubeconfig-"));
  const path = join(dir, "config");
  const pem = (what: string) => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`;
  const [ca, cert, key] = [pem("CERTIFICATE"), pem("CERTIFICATE"), pem("PRIVATE KEY")];
  const place = { name: "east", url: "https://[fd00::1]:6443", ca };
  await Bun.write(path, kubeConfig({ ...place, user: { cert, key }, namespace: "here" }));
  expect(await loadKubeConfig({ path })).toMatchObject({
    server: place.url,
    namespace: "here",
    tls: { ca, cert, key },
  });
  await Bun.write(path, kubeConfig({ ...place, user: { token: "secret" } }));
  const bearer = await loadKubeConfig({ path });
  expect(await bearer.token?.()).toBe("secret");
  await rm(dir, { recursive: true });
});
