// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, type DaemonSet, DaemonSetKind, type Pod, PodKind } from "@strait/k8s";
import { NAMES } from "@strait/manifests";
import * as v from "valibot";
import type { Steps } from "./steps.ts";
import { waitUntil } from "./wait_until.ts";

export interface RolloutParts {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly steps: Steps;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Whether every pod that a DaemonSet wants is up and of the newest template. */
export function isRolledOut({ metadata, status }: DaemonSet): boolean {
  if (!status || (status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  const wanted = status.desiredNumberScheduled ?? 0;
  return wanted > 0 && (status.numberReady ?? 0) >= wanted && (status.updatedNumberScheduled ?? 0) >= wanted;
}

/** Why a pod is not up: its own reason, its container's, and its last words. */
export function whyNot({ metadata, status }: Pod): string {
  const container = status?.containerStatuses?.[0];
  const now = readState(container?.state);
  const { waiting } = now;
  const ended = readState(container?.["lastState"]).terminated ?? now.terminated;
  const scheduled = status?.conditions?.find((condition) => condition.type === "PodScheduled" && condition.status === "False");
  const words = [waiting?.reason, waiting?.message, ended?.reason, lastLine(ended?.message), scheduled?.message];
  const why = words.filter((word) => word !== undefined && word !== "").join(": ");
  return `pod ${metadata.name}: ${why || status?.phase || "no state yet"}`;
}

const told = v.optional(v.object({ reason: v.optional(v.string()), message: v.optional(v.string()) }));
const stateSchema = v.object({ waiting: told, terminated: told });

/** What a container's state says in words, the last one's too, which are read here only. */
function readState(state: unknown): v.InferOutput<typeof stateSchema> {
  const parsed = v.safeParse(stateSchema, state ?? {});
  return parsed.success ? parsed.output : {};
}

function lastLine(text: string | undefined): string | undefined {
  return text?.trim().split("\n").at(-1);
}

/** Waits for the gateways and the node agents; what does not come up is named with its reason. */
export async function waitForApps({ client, namespace, steps, signal, timeoutMs }: RolloutParts): Promise<boolean> {
  const sets = client.resource(DaemonSetKind);
  let all = true;
  for (const name of [NAMES.routeagent, NAMES.gateway]) {
    const began = performance.now();
    const up = await waitUntil(
      async () => {
        const set = await sets.get(name, { namespace, signal });
        const { numberReady = 0, desiredNumberScheduled = 0 } = set?.status ?? {};
        steps.progress(`Waiting for ${name}: ${numberReady} of ${desiredNumberScheduled} are ready`);
        return set && isRolledOut(set) ? desiredNumberScheduled : undefined;
      },
      { timeoutMs: Math.max(0, timeoutMs - (performance.now() - began)), signal },
    );
    if (up !== undefined) {
      steps.say("done", `${name} is ready on ${up} ${up === 1 ? "node" : "nodes"}`);
      continue;
    }
    all = false;
    steps.say("failed", `${name} is not ready after ${timeoutMs / 1000} s`);
    for (const reason of await reasons(client, namespace, name)) steps.say("failed", reason);
  }
  return all;
}

async function reasons(client: ApiClient, namespace: string, app: string): Promise<string[]> {
  const { items } = await client.resource(PodKind).list({ namespace, labelSelector: `app=${app}` });
  if (items.length === 0) return [`no pod of ${app} was made: does the cluster have a node that fits?`];
  const ready = (pod: Pod): boolean =>
    pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
  return items.filter((pod) => !ready(pod)).map(whyNot);
}
