// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { exampleSettings as settings } from "./example_settings.ts";
import {
  accounts,
  capabilitiesFor,
  gatewayDaemonSet,
  imageOf,
  isOlderKernel,
  routeAgentDaemonSet,
  submarinerObject,
} from "./mod.ts";

interface DaemonSet {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: {
        readonly nodeSelector?: Record<string, string>;
        readonly hostNetwork: boolean;
        readonly volumes: readonly { readonly name: string }[];
        readonly containers: readonly [
          {
            readonly name: string;
            readonly command: readonly string[];
            readonly env: readonly { readonly name: string; readonly value?: string }[];
            readonly securityContext: {
              readonly privileged?: boolean;
              readonly capabilities: { readonly add: readonly string[] };
            };
            readonly volumeMounts: readonly { readonly name: string }[];
          },
        ];
      };
    };
  };
}

const gateway = gatewayDaemonSet(settings()) as unknown as DaemonSet;
const agent = routeAgentDaemonSet(settings()) as unknown as DaemonSet;
const container = (set: DaemonSet) => set.spec.template.spec.containers[0];
const env = (set: DaemonSet) => Object.fromEntries(container(set).env.map(({ name, value }) => [name, value]));

test("the gateway runs on labelled nodes only and the agent on all", () => {
  expect(gateway.spec.template.spec.nodeSelector).toEqual({ "submariner.io/gateway": "true" });
  expect(agent.spec.template.spec.nodeSelector).toBeUndefined();
  expect([gateway, agent].map((set) => set.spec.template.spec.hostNetwork)).toEqual([true, true]);
});

test("the apps are named as Submariner's tools look for them", () => {
  expect(
    [gateway, agent].map((set) => [set.metadata.name, container(set).name, set.spec.template.metadata.labels["app"]]),
  ).toEqual([
    ["submariner-gateway", "submariner-gateway", "submariner-gateway"],
    ["submariner-routeagent", "submariner-routeagent", "submariner-routeagent"],
  ]);
  expect(env(gateway)["SUBMARINER_CLUSTERID"]).toBe("east");
});

test("the apps get all subnets, both families", () => {
  for (const set of [gateway, agent]) {
    expect(env(set)["SUBMARINER_CLUSTERCIDR"]).toBe("10.1.0.0/16,fd01::/48");
    expect(env(set)["SUBMARINER_SERVICECIDR"]).toBe("10.101.0.0/16");
  }
});

test("the apps read the pod CIDRs themselves where they are those of the nodes", () => {
  const set = gatewayDaemonSet(settings({ podCidrsOfNodes: true })) as unknown as DaemonSet;
  expect(env(set)["SUBMARINER_CLUSTERCIDR"]).toBe("");
});

test("no container is privileged, and none carries a secret in its environment", () => {
  for (const set of [gateway, agent]) {
    expect(container(set).securityContext.privileged).toBeUndefined();
    expect(container(set).securityContext.capabilities.add).toEqual(["BPF", "NET_ADMIN", "PERFMON", "NET_RAW"]);
    expect(Object.keys(env(set)).filter((name) => /TOKEN|_PSK$/.test(name))).toEqual([]);
  }
});

test.each([
  ["6.6.0", false],
  ["6.18.44-fc", false],
  ["10.1", false],
  ["6.5.0-1025-azure", true],
  ["5.15.0-91-generic", true],
  ["unknown", true],
  [undefined, true],
])("a node with kernel %p is older than 6.6: %p, and only then SYS_ADMIN is asked for", (version, older) => {
  expect(isOlderKernel(version)).toBe(older);
  expect(capabilitiesFor(isOlderKernel(version)).includes("SYS_ADMIN")).toBe(older);
});

test("every mount has its volume and every volume is mounted", () => {
  for (const set of [gateway, agent]) {
    const volumes = set.spec.template.spec.volumes.map(({ name }) => name).sort();
    expect(
      container(set)
        .volumeMounts.map(({ name }) => name)
        .sort(),
    ).toEqual(volumes);
  }
});

test("the Submariner object names the key's Secret and never the key", () => {
  const { spec } = submarinerObject(settings()) as unknown as { spec: Record<string, unknown> };
  expect(spec["ceIPSecPSKSecret"]).toBe("submariner-ipsec-psk");
  expect(spec["ceIPSecPSK"]).toBeUndefined();
  expect(spec["brokerK8sApiServerToken"]).toBeUndefined();
});

test.each([
  ["", "1.2", {}, "localhost/strait:1.2"],
  ["registry.example/team/", "1.2", {}, "registry.example/team/strait:1.2"],
  ["registry.example", "1.2", { "submariner-gateway": "other:3" }, "other:3"],
])("imageOf repository %p version %p overrides %p is %p", (repository, version, imageOverrides, image) => {
  expect(imageOf(settings({ repository, version, imageOverrides }), "submariner-gateway")).toBe(image);
});

test("accounts may write only Strait's own kinds, leases, events and the label of their pod", () => {
  const roles = accounts("ns") as { kind: string; rules?: { apiGroups: string[]; resources: string[]; verbs: string[] }[] }[];
  const writable = roles
    .flatMap(({ rules = [] }) => rules)
    .filter(({ verbs }) => verbs.some((verb) => !["get", "list", "watch"].includes(verb)))
    .flatMap(({ apiGroups, resources }) => resources.map((resource) => `${apiGroups[0]}/${resource}`));
  expect([...new Set(writable)].sort()).toEqual([
    "/events",
    "/pods",
    "coordination.k8s.io/leases",
    "submariner.io/clusters",
    "submariner.io/endpoints",
    "submariner.io/gateways",
    "submariner.io/routeagents",
  ]);
});
