// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log } from "@strait/obs";
import { type ApiServer, type ApiServerOptions, startApiServer } from "../start_api_server.ts";
import { readKubeconfig, TestClient } from "./client.ts";

/** A server in this process, with data of its own. */
export interface TestServer extends AsyncDisposable {
  readonly server: ApiServer;
  /** The administrator. */
  readonly admin: TestClient;
  readonly dir: string;
}

/** Starts a server on a free port of loopback; it goes, with its data, at the end of the scope. */
export async function startTestServer(options: Partial<ApiServerOptions> = {}): Promise<TestServer> {
  const dir = options.dataDir ?? mkdtempSync(join(tmpdir(), "strait-apiserver-"));
  const server = await startApiServer({
    dataDir: dir,
    listen: { host: "127.0.0.1", port: 0 },
    names: ["127.0.0.1"],
    profile: "cluster",
    serviceCidrs: ["10.96.0.0/16", "fd00:96::/112"],
    log: new Log({ level: "error" }),
    ...options,
  });
  return {
    server,
    admin: new TestClient(readKubeconfig(server.kubeconfig())),
    dir,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      if (options.dataDir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}
