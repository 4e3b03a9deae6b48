// SPDX-License-Identifier: Apache-2.0
/**
 * Stands on the workstation and passes on requests to API servers, since nothing in the machine's own namespace reaches one:
 * JSON lines on stdin and stdout, as traffic/program.ts has them. Ends when stdin does.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { ApiClient, ApiError, type ApiRequest, loadKubeConfig } from "@strait/k8s";

interface Order {
  readonly id: number;
  readonly kubeconfig: string;
  readonly request: ApiRequest;
}

const clients = new Map<string, Promise<ApiClient>>();

function clientOf(kubeconfig: string): Promise<ApiClient> {
  const present = clients.get(kubeconfig) ?? loadKubeConfig({ path: kubeconfig }).then((connection) => new ApiClient(connection));
  clients.set(kubeconfig, present);
  return present;
}

async function answer({ id, kubeconfig, request }: Order): Promise<object> {
  try {
    return { id, ok: true, value: await (await clientOf(kubeconfig)).request(request) };
  } catch (error) {
    const status = error instanceof ApiError ? error.status : undefined;
    return { id, ok: false, status, reason: error instanceof Error ? error.message : String(error) };
  }
}

const lines = createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Order))}\n`);
});
lines.on("close", () => process.exit(0));
