// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  ApiClient,
  applyManifest,
  BROKER,
  brokerManifests,
  crds,
  loadKubeConfig,
  type Manifest,
  memberAccount,
  memberObjects,
  SecretKind,
  tokenSecret,
} from "@strait/k8s";
import { startControlPlane, wantedKind } from "@strait/lab";
import { until } from "./until.ts";

/** A broker for a test: ours as its own process, or a namespace of a real API server with the manifests for one. */
export interface BrokerPlace {
  readonly admin: ApiClient;
  /** Joins a cluster and gives what it may reach the broker with. */
  member(id: string): Promise<ApiClient>;
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL("../../../apps/broker/main.ts", import.meta.url));
/** Makes an object as wanted, as the command line does. */
const apply = (client: ApiClient, object: Manifest): Promise<void> => applyManifest(client, object, { fieldManager: "test" });

async function startOwn(dir: string): Promise<{ kubeconfig: string; stop(): Promise<void> }> {
  const process_ = Bun.spawn([process.execPath, "run", main, "--data", dir, "--listen", "127.0.0.1:0", "--log", "error"], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const kubeconfig = join(dir, "admin.kubeconfig");
  const stop = async () => {
    process_.kill("SIGTERM");
    await process_.exited;
  };
  try {
    await until("the broker's kubeconfig", () => existsSync(kubeconfig));
  } catch (error) {
    await stop();
    throw error;
  }
  return { kubeconfig, stop };
}

async function startReal(dir: string): Promise<{ kubeconfig: string; stop(): Promise<void> }> {
  const plane = await startControlPlane({ kind: "real", dir });
  return { kubeconfig: plane.kubeconfig, stop: () => plane[Symbol.asyncDispose]() };
}

/** Starts a broker of the kind that the lane wants. */
export async function startBrokerPlace(): Promise<BrokerPlace> {
  const dir = mkdtempSync(join(tmpdir(), "strait-broker-"));
  const isReal = wantedKind() === "real";
  const started = isReal ? await startReal(dir) : await startOwn(dir);
  const connection = await loadKubeConfig({ path: started.kubeconfig });
  const admin = new ApiClient(connection);
  if (isReal) for (const object of [...crds(), ...brokerManifests()]) await apply(admin, object as Manifest);
  const members: ApiClient[] = [];
  return {
    admin,
    member: async (id) => {
      for (const object of memberObjects(id)) await apply(admin, object);
      let token = "";
      await until(`the token of ${id}`, async () => {
        const secret = await admin.resource(SecretKind).get(tokenSecret(memberAccount(id)), { namespace: BROKER.namespace });
        token = Buffer.from(secret?.data?.["token"] ?? "", "base64").toString();
        return token !== "";
      });
      const { ca } = connection.tls;
      const tls = ca === undefined ? {} : { ca };
      const client = new ApiClient({ server: connection.server, tls, token: () => Promise.resolve(token), origin: id });
      members.push(client);
      return client;
    },
    stop: async () => {
      for (const client of [...members, admin]) client.close();
      await started.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
