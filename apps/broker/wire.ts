// SPDX-License-Identifier: Apache-2.0
import { renameSync, writeFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { type Admission, type ApiServer, startApiServer } from "@strait/apiserver";
import { ApiClient, applyManifest, brokerObjects, crds, type Manifest, memberMayWrite, memberOf } from "@strait/k8s";
import { ok, refuse } from "@strait/model";
import type { Log } from "@strait/obs";
import type { BrokerOptions } from "./config.ts";

/** A broker that runs. */
export interface RunningBroker {
  readonly server: ApiServer;
  /** The administrator's, from this machine. */
  readonly client: ApiClient;
  /** Where the administrator's kubeconfig lies. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** Told of each write of a member that was refused. */
export type OnRefused = (member: string, reason: string) => void;

/**
 * The broker's own rule over RBAC: a member writes what is its own, in the broker's namespace, and nothing else.
 *
 * @example startApiServer({ …, admission: memberAdmission("submariner-k8s-broker", () => {}) })
 */
export function memberAdmission(namespace: string, onRefused: OnRefused): Admission {
  return (request) => {
    const id = memberOf(request.user.name, namespace);
    if (id === undefined) return ok(undefined);
    const verdict =
      request.namespace === namespace
        ? memberMayWrite(id, request)
        : refuse(`cluster ${id} may write in the namespace ${namespace} only`);
    if (!verdict.ok) onRefused(id, verdict.reason);
    return verdict;
  };
}

/** Starts the API server and makes it a broker: CRDs, namespace, accounts and roles. */
export async function startBroker(options: BrokerOptions, log: Log, onRefused: OnRefused): Promise<RunningBroker> {
  const { data, listen, namespace } = options;
  const names = options.names.length > 0 ? options.names : ownNames(listen.host);
  const server = await startApiServer({
    dataDir: data,
    listen,
    names,
    profile: "broker",
    log,
    admission: memberAdmission(namespace, onRefused),
  });
  let client: ApiClient | undefined;
  try {
    client = await adminClient(server, listen.host, names, log);
    for (const object of [...crds(), ...brokerObjects(namespace)])
      await applyManifest(client, object as Manifest, { fieldManager: "strait-broker" });
    const kubeconfig = join(data, "admin.kubeconfig");
    // Whoever waits for the file must never see half of it.
    writeFileSync(`${kubeconfig}.new`, server.kubeconfig(), { mode: 0o600 });
    renameSync(`${kubeconfig}.new`, kubeconfig);
    const running = client;
    return {
      server,
      client,
      kubeconfig,
      stop: async () => {
        running.close();
        await server.stop();
      },
    };
  } catch (error) {
    client?.close();
    await server.stop();
    throw error;
  }
}

const isWildcard = (host: string) => host === "0.0.0.0" || host === "::";

/** Names of this machine, the first address in front: what clusters can reach where no name is given. */
function ownNames(host: string): string[] {
  if (!isWildcard(host)) return [host];
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const reachable = addresses.filter(({ internal, address }) => !internal && !address.startsWith("fe80:"));
  return [...new Set([...reachable.map(({ address }) => address), hostname(), "localhost", "127.0.0.1"])];
}

/** A client that goes the short way, whatever the names of the certificate are. */
async function adminClient(server: ApiServer, host: string, [name = host]: readonly string[], log: Log): Promise<ApiClient> {
  // It is in this process's memory alone, and a broker may run for years.
  const { cert, key } = await server.issueClient("strait-broker", ["system:masters"], 3650);
  const near = isWildcard(host) ? (host === "::" ? "[::1]" : "127.0.0.1") : host.includes(":") ? `[${host}]` : host;
  return new ApiClient(
    {
      server: `https://${near}:${new URL(server.url).port}`,
      tls: { ca: server.ca, cert, key, serverName: name },
      origin: "the broker itself",
    },
    { log },
  );
}
