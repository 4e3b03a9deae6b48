// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { objectsOf } from "./pod_objects.ts";
import type { VolumeSpec } from "./pod_types.ts";
import { testPod } from "./testing/pods.ts";
import { TOKEN_VOLUME, tokensOf, volumeFiles } from "./volume_files.ts";

const text = (files: ReadonlyMap<string, Uint8Array>) =>
  Object.fromEntries([...files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));
const bytes = (value: string) => new TextEncoder().encode(value);

function files(volume: VolumeSpec) {
  const result = volumeFiles(volume, {
    pod: testPod(),
    facts: { hostIPs: [], podIPs: [] },
    lookup: (kind, name) => {
      if (kind === "configMap" && name === "kube-root-ca.crt") return { "ca.crt": bytes("CA") };
      return kind === "secret" && name === "broker" ? { token: bytes("T"), namespace: bytes("N") } : undefined;
    },
    token: ({ audience = "api" }) => `token for ${audience}`,
  });
  return result.ok ? text(result.value) : result.reason;
}

describe("the files of a volume", () => {
  test("are token, authority and namespace in what every pod gets", () => {
    expect(files(TOKEN_VOLUME)).toEqual({ token: "token for api", "ca.crt": "CA", namespace: "default" });
    expect(tokensOf(TOKEN_VOLUME)).toEqual([{ expirationSeconds: 3607 }]);
  });

  test("are the keys of a Secret, or those that items name", () => {
    expect(files({ name: "v", secret: { secretName: "broker" } })).toEqual({ token: "T", namespace: "N" });
    expect(files({ name: "v", secret: { secretName: "broker", items: [{ key: "token", path: "a/b" }] } })).toEqual({
      "a/b": "T",
    });
  });

  test("are refused where something is missing that is not optional", () => {
    expect(files({ name: "v", secret: { secretName: "psk" } })).toBe('secret "psk" not found');
    expect(files({ name: "v", secret: { secretName: "psk", optional: true } })).toEqual({});
    expect(files({ name: "v", secret: { secretName: "broker", items: [{ key: "no", path: "no" }] } })).toContain("has no key no");
  });
});

test("a pod's objects are each named once, optional only where every use says so", () => {
  const pod = testPod(
    {
      volumes: [
        { name: "a", secret: { secretName: "s", optional: true } },
        { name: "b", configMap: { name: "c", optional: true } },
      ],
    },
    { envFrom: [{ secretRef: { name: "s" } }] },
  );
  expect(objectsOf(pod)).toEqual([
    { kind: "secret", name: "s", optional: false },
    { kind: "configMap", name: "c", optional: true },
  ]);
});
