// SPDX-License-Identifier: Apache-2.0
import {
  type ApiClient,
  CRD_REVISION,
  type CrdManifest,
  type CustomResourceDefinition,
  CustomResourceDefinitionKind,
  crds,
} from "@strait/k8s";
import { Failure } from "./failure.ts";
import { apply } from "./objects.ts";
import { waitUntil } from "./wait_until.ts";

/**
 * Makes our kinds known to a cluster and waits until it serves them. Definitions of a later version of Strait stay as they are.
 *
 * @returns what was done, in words
 * @throws Failure where a later version's definition does not serve what this one speaks
 */
export async function installCrds(client: ApiClient, signal: AbortSignal): Promise<string> {
  const wanted = await definitionsToInstall(client, signal);
  const all = crds();
  const resource = client.resource(CustomResourceDefinitionKind);
  for (const crd of wanted) await apply(client, { ...crd }, signal);
  const waiting = new Set(all.map((crd) => crd.metadata.name));
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
  const kept = all.length - wanted.length;
  const installed = `Installed ${wanted.length} custom resource definitions`;
  return kept === 0 ? installed : `${installed}, kept ${kept} of a later version of Strait`;
}

/** Our definitions but those that a later version has installed. @throws Failure as `installCrds` does */
export async function definitionsToInstall(client: ApiClient, signal: AbortSignal): Promise<CrdManifest[]> {
  const { items } = await client.resource(CustomResourceDefinitionKind).list({ signal });
  const there = new Map(items.map((crd) => [crd.metadata.name, crd]));
  return crds().filter((crd) => !isKept(crd, there.get(crd.metadata.name)));
}

/** Whether what is there is a later version's, which ours would cut down. */
function isKept(own: CrdManifest, there: CustomResourceDefinition | undefined): boolean {
  const revision = Number(there?.metadata.annotations?.[CRD_REVISION.annotation] ?? 0);
  // What is no number says nothing of a later version.
  if (there === undefined || !(revision > CRD_REVISION.number)) return false;
  const lacking = own.spec.versions.find(({ name }) => !there.spec.versions.some((one) => one.name === name && one.served));
  if (lacking === undefined) return true;
  throw new Failure(
    `definition ${own.metadata.name} is of a later version of Strait (definitions ${revision}, this one knows ${CRD_REVISION.number}) and does not serve ${lacking.name}, which this one speaks: use that version or a later one, or run strait uninstall with it first; nothing was changed`,
  );
}
