// SPDX-License-Identifier: Apache-2.0
import type { Json, JsonObject } from "../patch/json.ts";
import { type Column, column } from "./columns.ts";
import { humanAge } from "./human_age.ts";
import { podColumns } from "./pod_columns.ts";
import { at, count, list, members, orNone, printSelector, text, texts } from "./read_members.ts";

const name = column("Name", (object) => text(object, "metadata.name"));
const age = column("Age", (object, now) => humanAge(at(object, "metadata.creationTimestamp"), now));
const createdAt = column("Created At@", (object) => text(object, "metadata.creationTimestamp"));
const textOf = (head: string, path: string) => column(head, (object) => text(object, path));
const numberOf = (head: string, path: string) => column(head, (object) => count(object, path));
const containers = [
  column("Containers*", (object) =>
    list(object, "spec.template.spec.containers")
      .map((one) => text(one, "name"))
      .join(","),
  ),
  column("Images*", (object) =>
    list(object, "spec.template.spec.containers")
      .map((one) => text(one, "image"))
      .join(","),
  ),
  column("Selector*", (object) => printSelector(object, "spec.selector")),
];

const addressOf = (node: JsonObject, type: string) =>
  orNone(
    text(
      list(node, "status.addresses").find((one) => one["type"] === type),
      "address",
    ),
  );

function nodeStatus(node: JsonObject): string {
  const ready = list(node, "status.conditions").find((one) => one["type"] === "Ready");
  const word = ready === undefined ? "Unknown" : ready["status"] === "True" ? "Ready" : "NotReady";
  return at(node, "spec.unschedulable") === true ? `${word},SchedulingDisabled` : word;
}

function nodeRoles(node: JsonObject): string {
  const prefix = "node-role.kubernetes.io/";
  const roles = members(node, "metadata.labels").flatMap(([key, value]) => {
    if (key.startsWith(prefix) && key !== prefix) return [key.slice(prefix.length)];
    return key === "kubernetes.io/role" && value !== "" ? [String(value)] : [];
  });
  return orNone([...new Set(roles)].sort().join(","));
}

function externalIp(service: JsonObject): string {
  const type = text(service, "spec.type");
  if (type === "ExternalName") return orNone(text(service, "spec.externalName"));
  const given = texts(service, "spec.externalIPs");
  const ingress = list(service, "status.loadBalancer.ingress").map((one) => text(one, "ip") || text(one, "hostname"));
  if (type === "LoadBalancer") return [...ingress, ...given].join(",") || "<pending>";
  return orNone(given.join(","));
}

function servicePorts(service: JsonObject): string {
  const ports = list(service, "spec.ports").map((one) => {
    const node = count(one, "nodePort");
    return `${text(one, "port")}${node === 0 ? "" : `:${node}`}/${text(one, "protocol") || "TCP"}`;
  });
  return orNone(ports.join(","));
}

/** At most three, then how many more there are. */
const few = (all: readonly string[]) =>
  all.length > 3 ? `${all.slice(0, 3).join(",")} + ${all.length - 3} more...` : all.join(",");

function endpointsOf(object: JsonObject): string {
  const all = list(object, "subsets").flatMap((subset) => {
    const hosts = list(subset, "addresses").map((address) => text(address, "ip"));
    const ports = list(subset, "ports");
    if (ports.length === 0) return hosts;
    return ports.flatMap((port) => hosts.map((ip) => `${ip.includes(":") ? `[${ip}]` : ip}:${text(port, "port")}`));
  });
  return orNone(few(all));
}

const subjects =
  (kind: string) =>
  (binding: JsonObject): Json =>
    list(binding, "subjects")
      .filter((one) => one["kind"] === kind)
      .map((one) => (kind === "ServiceAccount" ? `${text(one, "namespace")}/${text(one, "name")}` : text(one, "name")))
      .join(", ");

const binding = [
  name,
  column("Role", (object) => `${text(object, "roleRef.kind")}/${text(object, "roleRef.name")}`),
  age,
  column("Users*", subjects("User")),
  column("Groups*", subjects("Group")),
  column("ServiceAccounts*", subjects("ServiceAccount")),
];

const eventColumns = (object: string, source: string, message: string) => {
  const seen = (event: JsonObject) =>
    text(event, "series.lastObservedTime") ||
    text(event, "lastTimestamp") ||
    text(event, "deprecatedLastTimestamp") ||
    text(event, "eventTime");
  const first = (event: JsonObject) =>
    text(event, "firstTimestamp") || text(event, "deprecatedFirstTimestamp") || text(event, "eventTime");
  return [
    column("Last Seen", (event, now) => humanAge(seen(event), now)),
    textOf("Type", "type"),
    textOf("Reason", "reason"),
    column("Object", (event) => `${text(event, `${object}.kind`).toLowerCase()}/${text(event, `${object}.name`)}`),
    textOf("Subobject*", `${object}.fieldPath`),
    column("Source*", (event) => {
      const component =
        text(event, `${source}.component`) || text(event, "reportingComponent") || text(event, "reportingController");
      return [component, text(event, `${source}.host`) || text(event, "reportingInstance")]
        .filter((part) => part !== "")
        .join(", ");
    }),
    column("Message", (event) => text(event, message).trim()),
    column("First Seen*", (event, now) => humanAge(first(event), now)),
    column("Count*", (event) => count(event, "series.count") || count(event, "count") || count(event, "deprecatedCount") || 1),
    column("Name*", (event) => text(event, "metadata.name")),
  ];
};

const replicas = [
  numberOf("Desired#", "spec.replicas"),
  numberOf("Current#", "status.replicas"),
  numberOf("Ready#", "status.readyReplicas"),
];

/** What `kubectl get` shows of the built-in kinds, by `group/Kind`. */
export const kindColumns: Readonly<Record<string, readonly Column[]>> = {
  "/Pod": podColumns,
  "/Node": [
    name,
    column("Status", nodeStatus),
    column("Roles", nodeRoles),
    age,
    textOf("Version", "status.nodeInfo.kubeletVersion"),
    column("Internal-IP*", (node) => addressOf(node, "InternalIP")),
    column("External-IP*", (node) => addressOf(node, "ExternalIP")),
    column("OS-Image*", (node) => text(node, "status.nodeInfo.osImage") || "<unknown>"),
    column("Kernel-Version*", (node) => text(node, "status.nodeInfo.kernelVersion") || "<unknown>"),
    column("Container-Runtime*", (node) => text(node, "status.nodeInfo.containerRuntimeVersion") || "<unknown>"),
  ],
  "/Namespace": [name, textOf("Status", "status.phase"), age],
  "/Service": [
    name,
    textOf("Type", "spec.type"),
    column("Cluster-IP", (service) => orNone(text(service, "spec.clusterIP"))),
    column("External-IP", externalIp),
    column("Port(s)", servicePorts),
    age,
    column("Selector*", (service) => printSelector(service, "spec.selector")),
  ],
  "/Endpoints": [name, column("Endpoints", endpointsOf), age],
  "/Secret": [name, textOf("Type", "type"), column("Data", (secret) => members(secret, "data").length), age],
  "/ConfigMap": [name, column("Data", (map) => members(map, "data").length + members(map, "binaryData").length), age],
  "/ServiceAccount": [name, column("Secrets", (account) => list(account, "secrets").length), age],
  "/Event": eventColumns("involvedObject", "source", "message"),
  "events.k8s.io/Event": eventColumns("regarding", "deprecatedSource", "note"),
  "apps/DaemonSet": [
    name,
    numberOf("Desired#", "status.desiredNumberScheduled"),
    numberOf("Current#", "status.currentNumberScheduled"),
    numberOf("Ready#", "status.numberReady"),
    numberOf("Up-to-date#", "status.updatedNumberScheduled"),
    numberOf("Available#", "status.numberAvailable"),
    column("Node Selector", (set) => printSelector(set, "spec.template.spec.nodeSelector")),
    age,
    ...containers,
  ],
  "apps/Deployment": [
    name,
    column("Ready", (set) => `${count(set, "status.readyReplicas")}/${count(set, "spec.replicas")}`),
    numberOf("Up-to-date", "status.updatedReplicas"),
    numberOf("Available", "status.availableReplicas"),
    age,
    ...containers,
  ],
  "apps/ReplicaSet": [name, ...replicas, age, ...containers],
  "coordination.k8s.io/Lease": [name, textOf("Holder", "spec.holderIdentity"), age],
  "discovery.k8s.io/EndpointSlice": [
    name,
    textOf("AddressType", "addressType"),
    column("Ports", (slice) => {
      const ports = list(slice, "ports").map((one) => text(one, "port") || text(one, "name"));
      return ports.length === 0 ? "<unset>" : few(ports);
    }),
    column("Endpoints", (slice) => few(list(slice, "endpoints").flatMap((one) => texts(one, "addresses"))) || "<unset>"),
    age,
  ],
  "rbac.authorization.k8s.io/Role": [name, createdAt],
  "rbac.authorization.k8s.io/ClusterRole": [name, createdAt],
  "rbac.authorization.k8s.io/RoleBinding": binding,
  "rbac.authorization.k8s.io/ClusterRoleBinding": binding,
  "apiextensions.k8s.io/CustomResourceDefinition": [name, createdAt],
  "networking.k8s.io/ServiceCIDR": [name, column("CIDRs", (object) => texts(object, "spec.cidrs").join(",")), age],
  "scheduling.k8s.io/PriorityClass": [
    name,
    numberOf("Value#", "value"),
    column("Global-Default?", (object) => at(object, "globalDefault") === true),
    age,
    textOf("PreemptionPolicy", "preemptionPolicy"),
  ],
};

/** What any other kind shows. */
export const plainColumns: readonly Column[] = [name, age];
