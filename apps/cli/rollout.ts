// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, ApiError, type DaemonSet, DaemonSetKind, EventKind, type Pod, PodKind } from "@strait/k8s";
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

/** States of a container that time alone does not cure. */
const STUCK = new Set([
  "CrashLoopBackOff",
  "CreateContainerConfigError",
  "CreateContainerError",
  "ErrImageNeverPull",
  "ErrImagePull",
  "ImageInspectError",
  "ImagePullBackOff",
  "InvalidImageName",
  "RunContainerError",
]);

/** How long such a state is watched before it is believed, in milliseconds: a registry may be slow, a first start may fail. */
const PATIENCE_MS = 10_000;

/** Whether a pod is in a state that time alone does not cure. */
export function isStuck({ status }: Pod): boolean {
  const reason = readState(status?.containerStatuses?.[0]?.state).waiting?.reason;
  return reason !== undefined && STUCK.has(reason);
}

/** Waits for the gateways and the node agents; what does not come up is named with its reason, as soon as waiting on is no use. */
export async function waitForApps(parts: RolloutParts): Promise<boolean> {
  const apps = [NAMES.routeagent, NAMES.gateway];
  const { steps, timeoutMs } = parts;
  const ended = { hopeless: false };
  const outcomes = await Promise.all(apps.map(async (name) => ({ name, up: await waitForApp(parts, name, ended) })));
  for (const { name, up } of outcomes) {
    if (typeof up === "number") steps.say("done", `${name} is ready on ${up} ${up === 1 ? "node" : "nodes"}`);
    else {
      const given = up === "stuck" ? `, and has been stuck for ${PATIENCE_MS / 1000} s` : ` after ${timeoutMs / 1000} s`;
      steps.say("failed", `${name} is not ready${timeoutMs === 0 ? "" : given}`);
      for (const reason of await reasons(parts, name)) steps.say("failed", reason);
    }
  }
  return outcomes.every(({ up }) => typeof up === "number");
}

/**
 * On how many nodes an app is ready; "stuck" where it, or another one, will not be; undefined where it took too long.
 *
 * @param ended shared by all that are waited for
 */
async function waitForApp(
  parts: RolloutParts,
  name: string,
  ended: { hopeless: boolean },
): Promise<number | "stuck" | undefined> {
  const { client, namespace, steps, signal, timeoutMs } = parts;
  const sets = client.resource(DaemonSetKind);
  let firstSeen: number | undefined;
  const look = async (): Promise<number | "stuck" | undefined> => {
    const set = await sets.get(name, { namespace, signal });
    const { numberReady = 0, desiredNumberScheduled = 0 } = set?.status ?? {};
    steps.progress(`Waiting for ${name}: ${numberReady} of ${desiredNumberScheduled} are ready`);
    if (set && isRolledOut(set)) return desiredNumberScheduled;
    if (ended.hopeless) return "stuck";
    // Between two crashes a container runs: it counts from the first time.
    if (!(await isHopeless(parts, name))) return undefined;
    firstSeen ??= performance.now();
    ended.hopeless = performance.now() - firstSeen > PATIENCE_MS;
    return ended.hopeless ? "stuck" : undefined;
  };
  return waitUntil(look, { timeoutMs, signal });
}

async function podsOf({ client, namespace, signal }: RolloutParts, app: string): Promise<readonly Pod[]> {
  return (await client.resource(PodKind).list({ namespace, labelSelector: `app=${app}`, signal })).items;
}

async function isHopeless(parts: RolloutParts, app: string): Promise<boolean> {
  const pods = await podsOf(parts, app);
  return pods.length === 0 ? (await refusals(parts, app)).length > 0 : pods.some(isStuck);
}

/** Why the cluster makes no pod for a DaemonSet, in its own words: newest last. */
async function refusals({ client, namespace, signal }: RolloutParts, app: string): Promise<string[]> {
  const fieldSelector = `involvedObject.kind=DaemonSet,involvedObject.name=${app},reason=FailedCreate`;
  const { items } = await client.resource(EventKind).list({ namespace, fieldSelector, signal });
  return items.flatMap(({ message }) => (message === undefined || message === "" ? [] : [message]));
}

async function reasons(parts: RolloutParts, app: string): Promise<string[]> {
  const pods = await podsOf(parts, app);
  if (pods.length === 0) {
    const refused = (await refusals(parts, app)).at(-1);
    return [`no pod of ${app} was made: ${refused ?? "does the cluster have a node that fits?"}`];
  }
  const ready = (pod: Pod): boolean =>
    pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
  return Promise.all(pods.filter((pod) => !ready(pod)).map(async (pod) => withLastWords(parts, pod)));
}

/** A pod that runs and is not ready has said why in its log alone. */
async function withLastWords(parts: RolloutParts, pod: Pod): Promise<string> {
  const why = `${whyNot(pod)} on node ${pod.spec?.nodeName ?? "not chosen yet"}`;
  if (pod.status?.phase !== "Running" || isStuck(pod)) return why;
  const line = lastLine(await logOf(parts, pod));
  return line === undefined || line === "" ? why : `${why}, whose log ends: ${line}`;
}

async function logOf({ client, namespace, signal }: RolloutParts, { metadata }: Pod): Promise<string | undefined> {
  try {
    const path = `/api/v1/namespaces/${namespace}/pods/${metadata.name}/log`;
    const answer = await client.request({ method: "GET", path, query: { tailLines: 1 }, answer: "text", signal });
    return typeof answer === "string" ? answer : undefined;
  } catch (error) {
    // Where the API server does not reach the node, or this user may not: the rest is told all the same.
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
