// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, NodeKind } from "@strait/k8s";
import { isOlderKernel } from "@strait/manifests";
import type { Steps } from "../steps.ts";

/** Whether a node's kernel needs the apps to have more rights; says which, so that nobody wonders about the capability. */
export async function olderKernels(client: ApiClient, steps: Steps, signal: AbortSignal): Promise<boolean> {
  const { items } = await client.resource(NodeKind).list({ signal });
  const [older] = items.filter(({ status }) => isOlderKernel(status?.nodeInfo?.kernelVersion));
  if (older === undefined) return false;
  const version = older.status?.nodeInfo?.kernelVersion;
  const what = version ? `runs Linux ${version}` : "does not say its kernel";
  steps.say("done", `Node ${older.metadata.name} ${what}: before 6.6 the apps need the capability SYS_ADMIN`);
  return true;
}
