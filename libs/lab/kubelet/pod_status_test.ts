// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { type ContainerRecord, podStatus, startsAgain } from "./pod_status.ts";
import type { KubeletPod, PodSpec } from "./pod_types.ts";
import { testPod } from "./testing/pods.ts";

const T0 = "2026-01-01T00:00:00Z";
const T1 = "2026-01-01T00:00:09Z";
const RUNNING: ContainerRecord = { restarts: 0, current: { id: "7-0", startedAt: T0 }, ready: true };
const ended = (exitCode: number, message?: string): ContainerRecord => ({
  restarts: 0,
  current: { id: "7-0", startedAt: T0, ended: { exitCode, finishedAt: T1, ...(message ? { message } : {}) } },
  ready: true,
});

function status(record: ContainerRecord, spec: Partial<PodSpec> = {}, before: Partial<KubeletPod> = {}) {
  const pod = { ...testPod(spec), ...before };
  return podStatus({
    pod,
    facts: { hostIPs: ["172.31.1.3"], podIPs: ["10.1.1.2"] },
    startTime: T0,
    record: () => record,
    now: T1,
  });
}
const condition = (of: ReturnType<typeof status>, type: string) => of.conditions?.find((each) => each.type === type);

describe("the status of a pod", () => {
  test("is Running and Ready when its containers run", () => {
    const seen = status(RUNNING);
    expect(seen).toMatchObject({ phase: "Running", podIP: "10.1.1.2", podIPs: [{ ip: "10.1.1.2" }], hostIP: "172.31.1.3" });
    expect(condition(seen, "Ready")).toEqual({ type: "Ready", status: "True", lastTransitionTime: T1 });
    expect(seen.containerStatuses).toMatchObject([{ ready: true, restartCount: 0, state: { running: { startedAt: T0 } } }]);
  });

  test("is Running and not Ready while a readiness probe says no", () => {
    const seen = status({ ...RUNNING, ready: false });
    expect(seen.phase).toBe("Running");
    expect(condition(seen, "Ready")).toMatchObject({ status: "False", reason: "ContainersNotReady" });
  });

  test("is Pending with the reason while a container cannot start", () => {
    const waiting = { reason: "CreateContainerConfigError", message: 'secret "psk" not found' };
    const seen = status({ restarts: 0, waiting, ready: false });
    expect(seen).toMatchObject({ phase: "Pending", containerStatuses: [{ state: { waiting } }] });
  });

  test.each([
    ["Never", 0, "Succeeded"],
    ["Never", 1, "Failed"],
    ["OnFailure", 0, "Succeeded"],
    ["OnFailure", 1, "Running"],
    ["Always", 0, "Running"],
  ] as const)("with restartPolicy %s and exit code %i is %s", (restartPolicy, exitCode, phase) => {
    expect(status(ended(exitCode), { restartPolicy }).phase).toBe(phase);
  });

  test("says how a container ended, with its last words", () => {
    const [main] = status(ended(137, "bye"), { restartPolicy: "Never" }).containerStatuses ?? [];
    expect(main?.state.terminated).toEqual({
      exitCode: 137,
      signal: 9,
      reason: "Error",
      message: "bye",
      startedAt: T0,
      finishedAt: T1,
    });
  });

  test("keeps the time of a condition that did not change", () => {
    const first = status(RUNNING);
    const before = {
      status: { ...first, conditions: first.conditions?.map((each) => ({ ...each, lastTransitionTime: T0 })) ?? [] },
    };
    expect(condition(status(RUNNING, {}, before), "Ready")?.lastTransitionTime).toBe(T0);
    expect(condition(status({ ...RUNNING, ready: false }, {}, before), "Ready")?.lastTransitionTime).toBe(T1);
  });
});

test("a container starts again as the pod's policy says", () => {
  const end = { exitCode: 0, finishedAt: T0 };
  expect(startsAgain(testPod(), end)).toBe(true);
  expect(startsAgain(testPod({ restartPolicy: "OnFailure" }), end)).toBe(false);
  expect(startsAgain(testPod({ restartPolicy: "Never" }), { ...end, exitCode: 1 })).toBe(false);
});
