// SPDX-License-Identifier: Apache-2.0
import type { EndpointSlice, Pod, Service } from "@strait/k8s";
import type { Family } from "../spec.ts";

/** Label that names the Service of a slice. */
const SERVICE = "kubernetes.io/service-name";
/** Endpoints a slice may hold at most (its validation). */
const MOST = 1000;

/**
 * The EndpointSlices of a Service with a selector: one per family (and thousand pods), as the EndpointSlice controller makes
 * them but for their names, which say what they are.
 *
 * @param pods those of the Service's namespace
 */
export function slicesOfService(service: Service, pods: readonly Pod[]): EndpointSlice[] {
  const { name, namespace, uid = "" } = service.metadata;
  const selector = Object.entries(service.spec?.selector ?? {});
  if (selector.length === 0 || service.spec?.type === "ExternalName") return [];
  const chosen = pods.filter(({ metadata: { labels = {} } }) => selector.every(([key, value]) => labels?.[key] === value));
  return (service.spec?.ipFamilies ?? ["IPv4"]).flatMap((addressType) => {
    const family: Family = addressType === "IPv6" ? 6 : 4;
    const groups = byPorts(service, chosen, family);
    return groups.flatMap(({ ports, members }, group) =>
      chunks(members).map(
        (part, index): EndpointSlice => ({
          apiVersion: "discovery.k8s.io/v1",
          kind: "EndpointSlice",
          metadata: {
            name: [name, addressType.toLowerCase(), ...(group + index === 0 ? [] : [`${group}-${index}`])].join("-"),
            namespace,
            labels: { [SERVICE]: name, "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io" },
            ownerReferences: [{ apiVersion: "v1", kind: "Service", name, uid, controller: true, blockOwnerDeletion: true }],
          },
          addressType,
          endpoints: part.map((pod) => endpointOf(pod, family)),
          ports,
        }),
      ),
    );
  });
}

type Ports = NonNullable<EndpointSlice["ports"]>;

/** Pods whose containers name a port differently stand in slices of their own. */
function byPorts(service: Service, pods: readonly Pod[], family: Family): { ports: Ports; members: Pod[] }[] {
  const groups = new Map<string, { ports: Ports; members: Pod[] }>();
  for (const pod of pods) {
    if (addressOf(pod, family) === undefined || ["Succeeded", "Failed"].includes(pod.status?.phase ?? "")) continue;
    const ports = portsOf(service, pod);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, members: [] };
    groups.set(key, { ports, members: [...group.members, pod] });
  }
  return groups.size === 0 ? [{ ports: [], members: [] }] : [...groups.values()];
}

function portsOf(service: Service, pod: Pod): Ports {
  return (service.spec?.ports ?? []).flatMap(({ name = "", port, protocol = "TCP", targetPort = port }) => {
    const named = pod.spec?.containers?.flatMap(({ ports = [] }) => ports ?? []).find((each) => each.name === targetPort);
    const number = typeof targetPort === "number" ? targetPort : named?.containerPort;
    return number === undefined ? [] : [{ name, port: number, protocol }];
  });
}

function endpointOf(pod: Pod, family: Family): NonNullable<EndpointSlice["endpoints"]>[number] {
  const { name, namespace, uid, deletionTimestamp } = pod.metadata;
  const serving = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  return {
    addresses: [addressOf(pod, family) ?? ""],
    conditions: { ready: serving && !deletionTimestamp, serving, terminating: Boolean(deletionTimestamp) },
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: "Pod", name, namespace, uid },
  };
}

function addressOf({ status }: Pod, family: Family): string | undefined {
  return status?.podIPs?.map(({ ip = "" }) => ip).find((ip) => ip !== "" && ip.includes(":") === (family === 6));
}

function chunks(pods: readonly Pod[]): (readonly Pod[])[] {
  const sorted = pods.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const parts = Math.max(1, Math.ceil(sorted.length / MOST));
  return Array.from({ length: parts }, (_, part) => sorted.slice(part * MOST, (part + 1) * MOST));
}
