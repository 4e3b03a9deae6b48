// SPDX-License-Identifier: Apache-2.0
import type { PodFacts } from "./field_ref.ts";
import type { ContainerSpec, ContainerState, ContainerStatus, KubeletPod, PodCondition, PodStatus } from "./pod_types.ts";

/** What is known of one container's processes, the newest last. */
export interface ContainerRecord {
  /** Times it was started again. */
  readonly restarts: number;
  /** Why it cannot start now; absent where nothing keeps it. */
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly current?: { readonly id: string; readonly startedAt: string; readonly ended?: Ended };
  readonly last?: { readonly startedAt: string; readonly ended: Ended };
  /** What its readiness probe said; true where it has none. */
  readonly ready: boolean;
}

/** How a process ended: 128 + n after signal n, as shells say it. */
export interface Ended {
  readonly exitCode: number;
  readonly finishedAt: string;
  /** From the file at terminationMessagePath. */
  readonly message?: string;
}

/** What a status is made of. */
export interface StatusInputs {
  readonly pod: KubeletPod;
  readonly facts: PodFacts;
  /** When the stand-in first saw the pod, RFC 3339. */
  readonly startTime: string;
  readonly record: (container: string) => ContainerRecord;
  readonly now: string;
}

/** The status of a pod from the states of its processes, with the times of conditions that did not change kept. */
export function podStatus(inputs: StatusInputs): PodStatus {
  const { pod, facts, startTime, record } = inputs;
  const init = (pod.spec.initContainers ?? []).map((spec) => containerStatus(spec, record(spec.name)));
  const main = pod.spec.containers.map((spec) => containerStatus(spec, record(spec.name)));
  const phase = phaseOf(pod, main);
  const initialised = init.every(({ state }) => state.terminated?.exitCode === 0);
  const ready = phase === "Running" && main.every((status) => status.ready);
  const notReady = main.filter((status) => !status.ready).map(({ name }) => name);
  const because = ready
    ? {}
    : phase === "Succeeded"
      ? { reason: "PodCompleted" }
      : { reason: "ContainersNotReady", message: `containers with unready status: [${notReady.join(" ")}]` };
  const condition = (type: string, yes: boolean, why: object = {}): PodCondition => {
    const status = yes ? "True" : "False";
    const before = pod.status?.conditions?.find((each) => each.type === type);
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : inputs.now;
    return { type, status, ...why, lastTransitionTime };
  };
  const ips = facts.podIPs.map((ip) => ({ ip }));
  return {
    phase,
    startTime,
    ...(facts.hostIPs[0] === undefined ? {} : { hostIP: facts.hostIPs[0], hostIPs: facts.hostIPs.map((ip) => ({ ip })) }),
    ...(facts.podIPs[0] === undefined ? {} : { podIP: facts.podIPs[0], podIPs: ips }),
    conditions: [
      condition("PodReadyToStartContainers", facts.podIPs.length > 0),
      condition("Initialized", initialised || phase !== "Pending"),
      condition("Ready", ready, because),
      condition("ContainersReady", ready, because),
      condition("PodScheduled", true),
    ],
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: main,
  };
}

/** True where a container that ended is to be started again. */
export function startsAgain(pod: KubeletPod, { exitCode }: Ended): boolean {
  const policy = pod.spec.restartPolicy ?? "Always";
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
}

function containerStatus({ name, image = "" }: ContainerSpec, record: ContainerRecord): ContainerStatus {
  const state = stateOf(record);
  return {
    name,
    image,
    imageID: image,
    ...(record.current === undefined ? {} : { containerID: `strait-lab://${record.current.id}` }),
    ready: state.running !== undefined && record.ready,
    started: state.running !== undefined,
    restartCount: record.restarts,
    state,
    ...(record.last === undefined ? {} : { lastState: terminated(record.last.startedAt, record.last.ended) }),
  };
}

function stateOf({ waiting, current }: ContainerRecord): ContainerState {
  if (waiting) return { waiting };
  if (current === undefined) return { waiting: { reason: "ContainerCreating" } };
  if (current.ended !== undefined) return terminated(current.startedAt, current.ended);
  return { running: { startedAt: current.startedAt } };
}

function terminated(startedAt: string, { exitCode, finishedAt, message }: Ended): ContainerState {
  const reason = exitCode === 0 ? "Completed" : "Error";
  const signal = exitCode > 128 ? { signal: exitCode - 128 } : {};
  return { terminated: { exitCode, ...signal, reason, ...(message ? { message } : {}), startedAt, finishedAt } };
}

function phaseOf(pod: KubeletPod, main: readonly ContainerStatus[]): NonNullable<PodStatus["phase"]> {
  const over = main.every(({ state }) => {
    const { terminated: ended } = state;
    return ended !== undefined && !startsAgain(pod, ended);
  });
  if (over) return main.every(({ state }) => state.terminated?.exitCode === 0) ? "Succeeded" : "Failed";
  const begun = main.every(({ state, lastState }) => state.waiting === undefined || lastState !== undefined);
  return begun ? "Running" : "Pending";
}
