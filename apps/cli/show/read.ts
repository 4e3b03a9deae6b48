// SPDX-License-Identifier: Apache-2.0
import {
  type ApiClient,
  ApiError,
  BrokerKind,
  ClusterKind,
  DaemonSetKind,
  EndpointKind,
  GatewayKind,
  type Kind,
  type KubeObject,
  PodKind,
  RouteAgentKind,
  SubmarinerKind,
} from "@strait/k8s";
import { NAMES } from "@strait/manifests";
import {
  brokers,
  type ComponentVersion,
  connections,
  endpoints,
  gateways,
  networks,
  nodes,
  type View,
  versions,
} from "./views.ts";

/** All objects of a kind in a namespace (all of them where none is given); none where the cluster does not know the kind. */
export async function listAll<T extends KubeObject>(client: ApiClient, kind: Kind<T>, namespace?: string): Promise<readonly T[]> {
  try {
    return (await client.resource(kind).list(namespace === undefined ? {} : { namespace })).items;
  } catch (error) {
    // Without our CRDs there is nothing of ours, which is an answer.
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

/** What this cluster joined with; undefined where it has not. */
export async function joined(client: ApiClient, namespace: string) {
  return (await listAll(client, SubmarinerKind, namespace)).find((object) => object.metadata.name === NAMES.submariner);
}

async function componentVersions(client: ApiClient, namespace: string): Promise<ComponentVersion[]> {
  const [sets, pods] = await Promise.all([listAll(client, DaemonSetKind, namespace), listAll(client, PodKind, namespace)]);
  return sets
    .filter((set) => set.metadata.name.startsWith("submariner-"))
    .map((set) => {
      const configured = splitImage(set.spec?.template?.spec?.containers?.[0]?.image ?? "");
      const own = pods.filter((pod) => pod.metadata.labels?.["app"] === set.metadata.name);
      const images = new Set(own.map((pod) => splitImage(pod.spec?.containers?.[0]?.image ?? "").version));
      return {
        component: set.metadata.name,
        repository: configured.repository,
        configured: configured.version,
        running: [...images].sort().join(", "),
        arch: "",
      };
    });
}

/** Example: `splitImage("registry.example/strait:1.2")` is `{repository: "registry.example", version: "1.2"}`. */
export function splitImage(image: string): { readonly repository: string; readonly version: string } {
  const [name = "", digest] = image.split("@");
  const slash = name.lastIndexOf("/");
  const colon = name.indexOf(":", slash + 1);
  const version = colon < 0 ? (digest ?? "latest") : name.slice(colon + 1);
  return { repository: slash < 0 ? "" : name.slice(0, slash), version };
}

/** The parts of `strait show all`, in its order: what is read from one cluster and how it is shown. */
export const parts: Readonly<
  Record<string, { readonly title: string; readonly read: (client: ApiClient, namespace: string) => Promise<View> }>
> = {
  brokers: { title: "Broker", read: async (client) => brokers(await listAll(client, BrokerKind)) },
  connections: {
    title: "Connections",
    read: async (client, namespace) => connections(await listAll(client, GatewayKind, namespace)),
  },
  endpoints: {
    title: "Endpoints",
    read: async (client, namespace) =>
      endpoints(await listAll(client, EndpointKind, namespace), (await joined(client, namespace))?.spec?.clusterID),
  },
  gateways: { title: "Gateways", read: async (client, namespace) => gateways(await listAll(client, GatewayKind, namespace)) },
  networks: {
    title: "Networks",
    async read(client, namespace) {
      const submariner = await joined(client, namespace);
      const all = await listAll(client, ClusterKind, namespace);
      return networks(
        submariner,
        all.find((cluster) => cluster.spec.cluster_id === submariner?.spec?.clusterID),
      );
    },
  },
  nodes: { title: "Nodes", read: async (client, namespace) => nodes(await listAll(client, RouteAgentKind, namespace)) },
  versions: { title: "Versions", read: async (client, namespace) => versions(await componentVersions(client, namespace)) },
};
