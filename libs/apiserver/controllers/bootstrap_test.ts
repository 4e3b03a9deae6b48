// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer } from "../testing/mod.ts";

test("the endpoint of the Service kubernetes is where the server is now, also when it was elsewhere before", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "strait-bootstrap-"));
  const SLICE = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes";
  const placeOf = async (names: readonly string[]) => {
    await using under = await startTestServer({ dataDir, names });
    const near = under.admin.config.url.replace(/\/\/[^:]+:/, "//127.0.0.1:");
    const get = async (path: string) => (await fetch(near + path, { tls: under.admin.config.tls } as RequestInit)).json();
    const port = Number(new URL(near).port);
    const [slice, service] = await Promise.all([get(SLICE), get("/api/v1/namespaces/default/services/kubernetes")]);
    const { endpoints, ports } = slice as { endpoints: [{ addresses: string[] }]; ports: [{ port: number }] };
    const { spec } = service as { spec: { clusterIP: string; ports: [{ targetPort: number }] } };
    expect([ports[0].port, spec.ports[0].targetPort, spec.clusterIP]).toEqual([port, port, "10.96.0.1"]);
    return endpoints[0].addresses;
  };
  try {
    expect(await placeOf(["192.0.2.1", "127.0.0.1"])).toEqual(["192.0.2.1"]);
    expect(await placeOf(["192.0.2.2", "127.0.0.1"])).toEqual(["192.0.2.2"]);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
