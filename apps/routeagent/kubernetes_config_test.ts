// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { readKubernetesConfig } from "./kubernetes_config.ts";

test.each<[Record<string, string>, object]>([
  [{}, { enabled: true, intervalMs: 4000, maxLost: 5 }],
  [{ SUBMARINER_HEALTHCHECKINTERVAL: "" }, { enabled: true, intervalMs: 4000, maxLost: 5 }],
  [{ SUBMARINER_HEALTHCHECKINTERVAL: "10" }, { enabled: true, intervalMs: 4000, maxLost: 5 }],
  [
    { SUBMARINER_HEALTHCHECKENABLED: "false", SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT: "2" },
    { enabled: false, intervalMs: 4000, maxLost: 2 },
  ],
])("the node agent reads %p", (env, probes) => {
  expect(readKubernetesConfig(env)).toEqual({ ok: true, value: { probes, probePort: 32_782 } } as never);
});

test.each<[Record<string, string>, string]>([
  [{ SUBMARINER_HEALTHCHECKINTERVAL: "often" }, "SUBMARINER_HEALTHCHECKINTERVAL must be a number from 0.001 to 3600"],
  [{ SUBMARINER_HEALTHCHECKENABLED: "yes" }, "SUBMARINER_HEALTHCHECKENABLED must be true or false"],
  [
    { SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT: "0.5" },
    "SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT must be a whole number from 1 to 1000",
  ],
  [{ SUBMARINER_PROFILEPORT: "65536" }, "SUBMARINER_PROFILEPORT must be a whole number from 0 to 65535"],
])("the node agent refuses %p", (env, reason) => {
  expect(readKubernetesConfig(env)).toEqual({ ok: false, reason });
});
