// SPDX-License-Identifier: Apache-2.0
import type { Json, JsonObject } from "../patch/json.ts";
import { type Column, column } from "./columns.ts";
import { humanAge } from "./human_age.ts";
import { at, count, list, orNone, text } from "./read_members.ts";

interface State {
  readonly status: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
  readonly lastRestart: string;
}

const ended = (state: Json | undefined): string => {
  const reason = text(state, "terminated.reason");
  if (reason !== "") return reason;
  const signal = count(state, "terminated.signal");
  return signal === 0 ? `ExitCode:${count(state, "terminated.exitCode")}` : `Signal:${signal}`;
};
const isTrue = (pod: JsonObject, type: string) =>
  list(pod, "status.conditions").some((one) => one["type"] === type && one["status"] === "True");

/** What one word says of a pod: the phase, or what holds it up. */
function stateOf(pod: JsonObject): State {
  const sidecars = new Set(
    list(pod, "spec.initContainers").flatMap((one) => (one["restartPolicy"] === "Always" ? [one["name"]] : [])),
  );
  const starting = list(pod, "status.initContainerStatuses");
  const inits = list(pod, "spec.initContainers").length;
  const running = list(pod, "status.containerStatuses");
  const started = starting.filter((one) => sidecars.has(one["name"]) && one["started"] === true);
  let ready = started.filter((one) => one["ready"] === true).length;
  let status = text(pod, "status.reason") || text(pod, "status.phase") || "Unknown";
  if (list(pod, "status.conditions").some((one) => one["type"] === "PodScheduled" && one["reason"] === "SchedulingGated"))
    status = "SchedulingGated";

  const stuck = starting.findIndex((one) => {
    const terminated = at(one, "state.terminated") !== undefined;
    return !(terminated && count(one, "state.terminated.exitCode") === 0) && !started.includes(one);
  });
  const isInitializing = stuck >= 0 && !isTrue(pod, "Initialized");
  if (isInitializing) {
    const state = at(starting[stuck], "state");
    const waiting = text(state, "waiting.reason");
    if (at(state, "terminated") !== undefined) status = `Init:${ended(state)}`;
    else status = waiting !== "" && waiting !== "PodInitializing" ? `Init:${waiting}` : `Init:${stuck}/${inits}`;
  } else {
    let lives = false;
    for (const one of running.toReversed()) {
      const state = at(one, "state");
      if (text(state, "waiting.reason") !== "") status = text(state, "waiting.reason");
      else if (at(state, "terminated") !== undefined) status = ended(state);
      else if (one["ready"] === true && at(state, "running") !== undefined) {
        lives = true;
        ready++;
      }
    }
    if (status === "Completed" && lives) status = isTrue(pod, "Ready") ? "Running" : "NotReady";
  }
  if (at(pod, "metadata.deletionTimestamp") !== undefined) {
    if (text(pod, "status.reason") === "NodeLost") status = "Unknown";
    else if (!["Succeeded", "Failed"].includes(text(pod, "status.phase"))) status = "Terminating";
  }
  const counted = isInitializing ? starting : [...starting.filter((one) => sidecars.has(one["name"])), ...running];
  const lastRestart =
    counted
      .map((one) => text(one, "lastState.terminated.finishedAt"))
      .sort()
      .at(-1) ?? "";
  const restarts = counted.reduce((sum, one) => sum + count(one, "restartCount"), 0);
  return { status, ready, total: list(pod, "spec.containers").length + sidecars.size, restarts, lastRestart };
}

function gates(pod: JsonObject): string {
  const wanted = list(pod, "spec.readinessGates").map((one) => text(one, "conditionType"));
  return wanted.length === 0 ? "<none>" : `${wanted.filter((type) => isTrue(pod, type)).length}/${wanted.length}`;
}

/** What `kubectl get pods` shows. */
export const podColumns: readonly Column[] = [
  column("Name", (pod) => text(pod, "metadata.name")),
  column("Ready", (pod) => {
    const { ready, total } = stateOf(pod);
    return `${ready}/${total}`;
  }),
  column("Status", (pod) => stateOf(pod).status),
  column("Restarts", (pod, now) => {
    const { restarts, lastRestart } = stateOf(pod);
    return restarts === 0 || lastRestart === "" ? String(restarts) : `${restarts} (${humanAge(lastRestart, now)} ago)`;
  }),
  column("Age", (pod, now) => humanAge(at(pod, "metadata.creationTimestamp"), now)),
  column("IP*", (pod) => orNone(text(list(pod, "status.podIPs")[0], "ip") || text(pod, "status.podIP"))),
  column("Node*", (pod) => orNone(text(pod, "spec.nodeName"))),
  column("Nominated Node*", (pod) => orNone(text(pod, "status.nominatedNodeName"))),
  column("Readiness Gates*", gates),
];
