// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, CustomResourceDefinitionKind, crds } from "@strait/k8s";
import { Failure } from "./failure.ts";
import { apply } from "./objects.ts";
import { waitUntil } from "./wait_until.ts";

/** Makes our kinds known to a cluster and waits until it serves them. */
export async function installCrds(client: ApiClient, signal: AbortSignal): Promise<number> {
  const all = crds();
  for (const crd of all) await apply(client, { ...crd }, signal);
  const waiting = new Set(all.map((crd) => crd.metadata.name));
  const resource = client.resource(CustomResourceDefinitionKind);
  const served = await waitUntil(
    async () => {
      const { items } = await resource.list({ signal });
      for (const crd of items) {
        const up = crd.status?.conditions?.some(({ type, status }) => type === "Established" && status === "True");
        if (up) waiting.delete(crd.metadata.name);
      }
      return waiting.size === 0 ? true : undefined;
    },
    { timeoutMs: 30_000, signal },
  );
  if (!served) throw new Failure(`the API server does not serve ${[...waiting].join(", ")} after 30 s: look at their conditions`);
  return all.length;
}
