// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { containerEnv, expand } from "./container_env.ts";
import type { Lookup } from "./pod_objects.ts";
import type { ContainerSpec } from "./pod_types.ts";
import { testPod } from "./testing/pods.ts";

const FACTS = { hostIPs: ["172.31.1.3"], podIPs: ["10.1.1.2", "fd01::2"] };
const bytes = (text: string) => new TextEncoder().encode(text);
const lookup: Lookup = (kind, name) => (kind === "secret" && name === "broker" ? { token: bytes("s3cret") } : undefined);

function env(container: Partial<ContainerSpec>) {
  const pod = testPod({}, container);
  const [first] = pod.spec.containers;
  if (first === undefined) throw new TypeError("no container");
  return containerEnv(pod, first, FACTS, lookup, { HOME: "/root" });
}

describe("the environment of a container", () => {
  test.each([
    ["metadata.name", "web"],
    ["metadata.labels['app']", "web"],
    ["metadata.annotations['none']", ""],
    ["spec.nodeName", "w1"],
    ["status.hostIP", "172.31.1.3"],
    ["status.podIPs", "10.1.1.2,fd01::2"],
  ])("takes fieldRef %s from the pod", (fieldPath, value) => {
    expect(env({ env: [{ name: "X", valueFrom: { fieldRef: { fieldPath } } }] })).toEqual({
      ok: true,
      value: { HOME: "/root", X: value },
    });
  });

  test("takes keys of Secrets, one by one and all", () => {
    const one = { name: "T", valueFrom: { secretKeyRef: { name: "broker", key: "token" } } };
    expect(env({ env: [one], envFrom: [{ prefix: "B_", secretRef: { name: "broker" } }] })).toEqual({
      ok: true,
      value: { HOME: "/root", T: "s3cret", B_token: "s3cret" },
    });
  });

  test("leaves out what is optional and missing, and refuses what is missing and not optional", () => {
    const ref = { name: "none", key: "token" };
    expect(env({ env: [{ name: "T", valueFrom: { configMapKeyRef: { ...ref, optional: true } } }] })).toMatchObject({ ok: true });
    expect(env({ env: [{ name: "T", valueFrom: { configMapKeyRef: ref } }] })).toEqual({
      ok: false,
      reason: "couldn't find key token in configMap none",
    });
    expect(env({ envFrom: [{ secretRef: { name: "none" } }] })).toEqual({ ok: false, reason: 'secret "none" not found' });
    expect(env({ env: [{ name: "T", valueFrom: { fieldRef: { fieldPath: "spec.color" } } }] })).toMatchObject({ ok: false });
  });

  test("replaces $(NAME) by what was set before", () => {
    const set = [
      { name: "A", value: "1" },
      { name: "B", value: "$(A)$(C)$$(A)" },
    ];
    expect(env({ env: set })).toMatchObject({ ok: true, value: { B: "1$(C)$(A)" } });
    expect(expand("no variable", {})).toBe("no variable");
  });
});
