// SPDX-License-Identifier: Apache-2.0
import { addressOf, formatAddress, parseAddress, parseCidr } from "@strait/model";
import { type ApiObject, sectionIn } from "../kinds/api_object.ts";
import type { JsonObject } from "../patch/mod.ts";
import { change, ensure } from "../resources/internal.ts";
import type { Api } from "../resources/scope.ts";
import { bootstrapRoles } from "./bootstrap_roles.ts";

export interface BootstrapOptions {
  readonly profile: "cluster" | "broker";
  readonly serviceCidrs: readonly string[];
  /** Where the server listens; its first name that is an address becomes the endpoint of the Service `kubernetes`. */
  readonly names: readonly string[];
  readonly port: number;
}

/** Creates what every cluster has from its first moment, where it is missing. @throws Error where a Service range is no subnet. */
export function bootstrap(api: Api, { profile, serviceCidrs, names, port }: BootstrapOptions): void {
  const namespaces =
    profile === "broker" ? ["default", "kube-system"] : ["default", "kube-node-lease", "kube-public", "kube-system"];
  for (const name of namespaces) ensure(api, "namespaces", "", name);
  for (const { storage, namespace, name, body } of bootstrapRoles()) ensure(api, storage, namespace, name, body);
  if (profile === "broker") return;
  for (const [name, value] of [
    ["system-node-critical", 2_000_001_000],
    ["system-cluster-critical", 2_000_000_000],
  ] as const) {
    ensure(api, "priorityclasses.scheduling.k8s.io", "", name, { value, preemptionPolicy: "PreemptLowerPriority" });
  }
  if (serviceCidrs.length === 0) return;
  for (const one of serviceCidrs) {
    const parsed = parseCidr(one);
    if (!parsed.ok) throw new Error(`Service range: ${parsed.reason}`);
  }
  ensure(api, "servicecidrs.networking.k8s.io", "", "kubernetes", { spec: { cidrs: [...serviceCidrs] } });
  kubernetesService(api, serviceCidrs[0] ?? "", names, port);
}

function kubernetesService(api: Api, range: string, names: readonly string[], port: number): void {
  const parsed = parseCidr(range);
  if (!parsed.ok) return;
  const { family, value } = parsed.value.address;
  const clusterIP = formatAddress(addressOf(family, value + 1n));
  const labels = { component: "apiserver", provider: "kubernetes" };
  const ports = [{ name: "https", port: 443, protocol: "TCP", targetPort: port }];
  keep(api, "services", { metadata: { labels }, spec: { clusterIP, ports } }, (object) => {
    sectionIn(object, "spec")["ports"] = ports;
  });
  const address = names.find((name) => {
    const one = parseAddress(name);
    return one.ok && one.value.family === family;
  });
  if (!address) return;
  const port0: JsonObject = { name: "https", port, protocol: "TCP" };
  const endpoints = [{ addresses: [address], conditions: { ready: true } }];
  const slice = {
    metadata: { labels: { "kubernetes.io/service-name": "kubernetes" } },
    addressType: `IPv${family}`,
    endpoints,
    ports: [port0],
  };
  keep(api, "endpointslices.discovery.k8s.io", slice, (object) => Object.assign(object, { endpoints, ports: [port0] }));
  const subsets = [{ addresses: [{ ip: address }], ports: [port0] }];
  keep(api, "endpoints", { subsets }, (object) => Object.assign(object, { subsets }));
}

/** Makes one of the Service's objects, or brings what an earlier start left up to date: the server may have moved. */
function keep(api: Api, resource: string, wanted: JsonObject, edit: (object: ApiObject) => void): void {
  const key = { resource, namespace: "default", name: "kubernetes" };
  if (!ensure(api, key.resource, key.namespace, key.name, wanted)) change(api, key, edit);
}
