// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { readKubernetesConfig } from "./kubernetes_config.ts";

test("an empty environment gives Submariner's defaults", () => {
  expect(readKubernetesConfig({})).toEqual({
    ok: true,
    value: {
      backend: "vxlan",
      natEnabled: false,
      podName: undefined,
      lease: { leaseMs: 15_000, renewMs: 10_000, retryMs: 2000 },
      probes: { enabled: true, intervalMs: 1000, maxLost: 5 },
      metricsPort: 32_780,
      broker: undefined,
    },
  });
});

test("the environment's values are taken, empty ones are not", () => {
  const config = readKubernetesConfig({
    SUBMARINER_HEALTHCHECKINTERVAL: "2",
    SUBMARINER_HEALTHCHECKENABLED: "false",
    SUBMARINER_NATENABLED: "true",
    SUBMARINER_METRICSPORT: "",
    LEADERSHIP_LEASEDURATION: "5",
    LEADERSHIP_RENEWDEADLINE: "3",
    LEADERSHIP_RETRYPERIOD: "1",
    POD_NAME: "submariner-gateway-x",
    BROKER_K8S_APISERVER: "172.31.0.5:6443",
    BROKER_K8S_APISERVERTOKEN: "t",
  });
  expect(config).toMatchObject({
    ok: true,
    value: {
      natEnabled: true,
      podName: "submariner-gateway-x",
      lease: { leaseMs: 5000, renewMs: 3000, retryMs: 1000 },
      probes: { enabled: false, intervalMs: 2000 },
      metricsPort: 32_780,
      broker: { namespace: "submariner-k8s-broker" },
    },
  });
});

test.each<[Record<string, string>, string]>([
  [{ SUBMARINER_HEALTHCHECKINTERVAL: "soon" }, "SUBMARINER_HEALTHCHECKINTERVAL must be a number from 0.1 to 3600"],
  [{ SUBMARINER_METRICSPORT: "70000" }, "SUBMARINER_METRICSPORT must be a number from 0 to 65535"],
  [{ SUBMARINER_NATENABLED: "yes" }, "SUBMARINER_NATENABLED must be true or false"],
  [{ LEADERSHIP_LEASEDURATION: "10" }, "LEADERSHIP_LEASEDURATION must be more than _RENEWDEADLINE"],
  [{ BROKER_K8S_APISERVER: "172.31.0.5:6443" }, "there is no credential for the broker"],
])("%p is refused with one sentence", (env, reason) => {
  expect(readKubernetesConfig(env)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});
