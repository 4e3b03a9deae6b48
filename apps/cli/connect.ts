// SPDX-License-Identifier: Apache-2.0
import { ApiClient, type Connection, kubeContexts, loadKubeConfig } from "@strait/k8s";
import { Failure } from "./failure.ts";
import type { GlobalOptions } from "./global_options.ts";
import type { Io } from "./io.ts";

/** A cluster that a command speaks to. */
export interface Cluster {
  /** The context it was reached by. */
  readonly name: string;
  readonly connection: Connection;
  readonly client: ApiClient;
}

/** Milliseconds for one answer: who types a wrong address, or stands behind a firewall, is to know it soon. */
const ANSWER_MS = 10_000;

/** The cluster of --context, or of the current one. */
export async function cluster(io: Pick<Io, "env">, options: Pick<GlobalOptions, "kubeconfig" | "context">): Promise<Cluster> {
  const where = { env: io.env, ...(options.kubeconfig !== undefined && { path: options.kubeconfig }) };
  const name = options.context ?? (await kubeContexts(where)).current ?? "current";
  const connection = await loadKubeConfig({ ...where, ...(options.context !== undefined && { context: options.context }) });
  return { name, connection, client: new ApiClient(connection, { requestTimeoutMs: ANSWER_MS }) };
}

/** The clusters of --context or --contexts; every context of the kubeconfig where neither is given. */
export async function clusters(io: Pick<Io, "env">, options: GlobalOptions): Promise<Cluster[]> {
  if (options.context !== undefined) return [await cluster(io, options)];
  const where = { env: io.env, ...(options.kubeconfig !== undefined && { path: options.kubeconfig }) };
  const names = options.contexts ?? (await kubeContexts(where)).names;
  if (names.length === 0) throw new Failure("the kubeconfig has no contexts: name one with --kubeconfig or KUBECONFIG");
  return Promise.all(names.map((context) => cluster(io, { ...options, context })));
}
