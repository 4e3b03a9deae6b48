// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Namespace } from "../namespace.ts";

/** What {@link answers} needs of a kubeconfig that kubeConfig or the light server wrote: one cluster, one user with a certificate. */
interface Parsed {
  readonly clusters: readonly { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } }[];
  readonly users: readonly {
    readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string };
  }[];
}

const TRY_EVERY = 50;

/**
 * Waits until the API server of a kubeconfig answers `path` with 200. It asks from inside `ns` where that is given, in a process of
 * its own: a process cannot be in two network namespaces.
 */
export async function answers(
  kubeconfig: string,
  path: string,
  options: { ns?: Namespace | undefined; signal: AbortSignal },
): Promise<void> {
  const { ns, signal } = options;
  if (ns !== undefined) {
    await ns.run([process.execPath, "run", fileURLToPath(import.meta.url), kubeconfig, path], { signal });
    return;
  }
  for (;;) {
    signal.throwIfAborted();
    if (await asked(kubeconfig, path, signal).catch(() => false)) return;
    await Bun.sleep(TRY_EVERY);
  }
}

async function asked(kubeconfig: string, path: string, signal: AbortSignal): Promise<boolean> {
  const { clusters, users } = parse(await readFile(kubeconfig, "utf8")) as Parsed;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (cluster === undefined || user === undefined) return false;
  const text = (base64: string) => Buffer.from(base64, "base64").toString();
  const tls = {
    ca: text(cluster["certificate-authority-data"]),
    cert: text(user["client-certificate-data"]),
    key: text(user["client-key-data"]),
  };
  const answer = await fetch(`${cluster.server}${path}`, { tls, signal, keepalive: false });
  await answer.body?.cancel();
  return answer.ok;
}

if (import.meta.main) {
  const [, , kubeconfig = "", path = ""] = process.argv;
  await answers(kubeconfig, path, { signal: new AbortController().signal }); // its owner ends it
}
