// SPDX-License-Identifier: Apache-2.0
/** What a member's credential may do on a broker, over the wire: everything with its own objects, nothing with another's. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ApiClient, ApiError, BROKER } from "@strait/k8s";
import { wantedKind } from "@strait/lab";
import { type BrokerPlace, startBrokerPlace } from "./support/broker_place.ts";
import { until } from "./support/until.ts";

const SPACE = BROKER.namespace;
const OWNER = "submariner-io/clusterID";
const paths = {
  clusters: `/apis/submariner.io/v1/namespaces/${SPACE}/clusters`,
  endpoints: `/apis/submariner.io/v1/namespaces/${SPACE}/endpoints`,
  slices: `/apis/discovery.k8s.io/v1/namespaces/${SPACE}/endpointslices`,
  imports: `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${SPACE}/serviceimports`,
} as const;
type Metadata = {
  name?: string;
  generateName?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
} & Record<string, unknown>;

const clusterOf = (id: string, metadata: Metadata = {}, spec: object = {}) => ({
  apiVersion: "submariner.io/v1",
  kind: "Cluster",
  metadata: { name: id, labels: { [OWNER]: id }, ...metadata },
  spec: {
    cluster_id: id,
    service_cidr: ["100.1.0.0/16"],
    cluster_cidr: ["10.1.0.0/16"],
    global_cidr: [],
    color_codes: ["blue"],
    ...spec,
  },
});
const cable = (id: string) => `submariner-cable-${id}-10-0-0-1`;
const endpointOf = (id: string, metadata: Metadata = {}, spec: object = {}) => ({
  apiVersion: "submariner.io/v1",
  kind: "Endpoint",
  metadata: { name: `${id}-${cable(id)}`, labels: { [OWNER]: id }, ...metadata },
  spec: {
    ...{ cluster_id: id, cable_name: cable(id), hostname: "gw", subnets: ["10.1.0.0/16"], private_ip: "10.0.0.1", public_ip: "" },
    ...{ nat_enabled: false, backend: "vxlan", backend_config: {} },
    ...spec,
  },
});
const sliceOf = (id: string, name: string, metadata: Metadata = {}) => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name, labels: { [OWNER]: id, "multicluster.kubernetes.io/source-cluster": id }, ...metadata },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.1.0.5"] }],
  ports: [],
});
const time = (id: string) => `timestamp.submariner.io/${id}`;
const importOf = (ids: readonly string[], metadata: Metadata = {}) => ({
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ServiceImport",
  metadata: { name: "web-default", annotations: Object.fromEntries(ids.map((id) => [time(id), "1"])), ...metadata },
  spec: { type: "ClusterSetIP", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
});

describe(`a member of a broker on ${wantedKind() === "real" ? "Kubernetes" : "the embedded one"}`, () => {
  let place: BrokerPlace;
  let east: ApiClient;
  let west: ApiClient;

  const create = (client: ApiClient, path: string, body: object) => client.request({ method: "POST", path, body });
  const read = (client: ApiClient, path: string) =>
    client.request({ method: "GET", path }) as Promise<Record<string, unknown> & { metadata: Metadata }>;
  const remove = (client: ApiClient, path: string, query: Record<string, string> = {}) =>
    client.request({ method: "DELETE", path, query });
  const merge = (client: ApiClient, path: string, body: object) =>
    client.request({ method: "PATCH", path, body, contentType: "application/merge-patch+json" });
  const json = (client: ApiClient, path: string, body: object) =>
    client.request({ method: "PATCH", path, body, contentType: "application/json-patch+json" });
  const apply = (client: ApiClient, path: string, body: object) =>
    client.request({
      method: "PATCH",
      path,
      body,
      contentType: "application/apply-patch+yaml",
      query: { fieldManager: "thief", force: "true" },
    });
  const put = async (
    client: ApiClient,
    path: string,
    change: (object: Record<string, unknown> & { metadata: Metadata }) => void,
  ) => {
    const object = await read(client, path);
    change(object);
    return client.request({ method: "PUT", path: path.replace(/\?.*$/, ""), body: object });
  };
  const status = (work: Promise<unknown>) =>
    work.then(
      () => 200,
      (error: unknown) => (error instanceof ApiError ? (error.status ?? error.message) : String(error)),
    );

  const own = {
    cluster: (id: string) => `${paths.clusters}/${id}`,
    endpoint: (id: string) => `${paths.endpoints}/${id}-${cable(id)}`,
    slice: (id: string) => `${paths.slices}/web-${id}`,
    web: `${paths.imports}/web-default`,
  };

  beforeAll(async () => {
    place = await startBrokerPlace();
    east = await place.member("east");
    west = await place.member("west");
    // A server learns its policies a moment after they were written: the first refusal says that it knows them.
    await until("the broker to keep members apart", async () => {
      const answer = await status(create(east, `${paths.clusters}?dryRun=All`, clusterOf("probe")));
      return answer === 403;
    });
    for (const [id, client] of [
      ["east", east],
      ["west", west],
    ] as const) {
      await create(client, paths.clusters, clusterOf(id));
      await create(client, paths.endpoints, endpointOf(id));
      await create(client, paths.slices, sliceOf(id, `web-${id}`));
    }
    await create(west, paths.imports, importOf(["west"]));
    await merge(west, `${own.web}/status`, { status: { clusters: [{ cluster: "west" }] } });
  }, 180_000);
  afterAll(() => place?.stop());

  test("a member reads all that is exchanged", async () => {
    for (const path of Object.values(paths)) expect([path, await status(read(east, path))]).toEqual([path, 200]);
    expect(await status(read(east, own.endpoint("west")))).toBe(200);
  });

  test("a member changes and removes what is its own, in every way", async () => {
    await merge(east, own.cluster("east"), { spec: { service_cidr: ["100.2.0.0/16"] } });
    await put(east, own.endpoint("east"), (object) => {
      object.metadata.annotations = { "strait.io/gateways": "[]" };
    });
    await apply(east, own.endpoint("east"), endpointOf("east", {}, { hostname: "gw2" }));
    await json(east, own.slice("east"), [{ op: "add", path: "/metadata/labels/x", value: "y" }]);
    await remove(east, own.endpoint("east"));
    await create(east, paths.endpoints, endpointOf("east"));
    const made = (await create(east, paths.slices, sliceOf("east", "", { name: undefined, generateName: "web-" } as never))) as {
      metadata: { name: string };
    };
    await remove(east, `${paths.slices}/${made.metadata.name}`);
  });

  test("a member joins a shared ServiceImport, adds a port, and leaves it", async () => {
    await merge(east, own.web, {
      metadata: { annotations: { [time("east")]: "2" } },
      spec: {
        ports: [
          { name: "http", port: 80 },
          { name: "dns", port: 53 },
        ],
      },
    });
    await merge(east, `${own.web}/status`, { status: { clusters: [{ cluster: "west" }, { cluster: "east" }] } });
    expect(await status(remove(west, own.web))).toBe(403);
    await merge(east, `${own.web}/status`, { status: { clusters: [{ cluster: "west" }] } });
    await merge(east, own.web, {
      metadata: { annotations: { [time("east")]: null } },
      spec: { ports: [{ name: "http", port: 80, protocol: "TCP" }] },
    });
    expect(await status(merge(east, own.web, { spec: { ports: [] } }))).toBe(403);
  });

  /** What "east" tries on what is "west"'s. Each must be forbidden. */
  const attacks: [name: string, attack: () => Promise<unknown>][] = [
    ["create a Cluster of another id", () => create(east, paths.clusters, clusterOf("north"))],
    [
      "create a Cluster of another name with its own id",
      () => create(east, paths.clusters, clusterOf("east", { name: "north" })),
    ],
    [
      "create a Cluster of generated name",
      () => create(east, paths.clusters, clusterOf("east", { name: undefined, generateName: "west-" } as never)),
    ],
    [
      "create an Endpoint of another",
      () =>
        create(
          east,
          paths.endpoints,
          endpointOf("west", { name: "west-submariner-cable-west-10-0-0-9" }, { cable_name: "submariner-cable-west-10-0-0-9" }),
        ),
    ],
    [
      "create an Endpoint of another with its own label",
      () =>
        create(
          east,
          paths.endpoints,
          endpointOf("west", { name: "west-submariner-cable-west-10-0-0-9", labels: { [OWNER]: "east" } }),
        ),
    ],
    [
      "create an Endpoint of another under its own name",
      () =>
        create(
          east,
          paths.endpoints,
          endpointOf("west", { name: "east-submariner-cable-east-10-0-0-9", labels: { [OWNER]: "east" } }),
        ),
    ],
    [
      "create an Endpoint of generated name",
      () =>
        create(
          east,
          paths.endpoints,
          endpointOf("east", { name: undefined, generateName: "west-submariner-cable-west-" } as never),
        ),
    ],
    [
      "create an Endpoint without a label",
      () => create(east, paths.endpoints, endpointOf("east", { name: "east-submariner-cable-east-10-0-0-9", labels: {} })),
    ],
    [
      "replace another's Cluster",
      () =>
        put(east, own.cluster("west"), (object) =>
          Object.assign(object, { spec: clusterOf("west", {}, { service_cidr: ["100.9.0.0/16"] }).spec }),
        ),
    ],
    [
      "replace another's Cluster by its own",
      () =>
        put(east, own.cluster("west"), (object) =>
          Object.assign(object, { spec: clusterOf("east").spec, metadata: { ...object.metadata, labels: { [OWNER]: "east" } } }),
        ),
    ],
    [
      "replace another's Endpoint",
      () =>
        put(east, own.endpoint("west"), (object) =>
          Object.assign(object, { spec: endpointOf("west", {}, { private_ip: "10.6.6.6" }).spec }),
        ),
    ],
    ["merge into another's Endpoint", () => merge(east, own.endpoint("west"), { spec: { private_ip: "10.6.6.6" } })],
    [
      "patch another's Endpoint",
      () => json(east, own.endpoint("west"), [{ op: "replace", path: "/spec/private_ip", value: "10.6.6.6" }]),
    ],
    ["apply another's Endpoint", () => apply(east, own.endpoint("west"), endpointOf("west", {}, { private_ip: "10.6.6.6" }))],
    [
      "apply an Endpoint that is not there",
      () =>
        apply(
          east,
          `${paths.endpoints}/west-submariner-cable-west-10-0-0-9`,
          endpointOf("west", { name: "west-submariner-cable-west-10-0-0-9" }),
        ),
    ],
    [
      "annotate another's Endpoint",
      () => merge(east, own.endpoint("west"), { metadata: { annotations: { "strait.io/gateways": "[]" } } }),
    ],
    ["relabel another's Endpoint", () => merge(east, own.endpoint("west"), { metadata: { labels: { [OWNER]: "east" } } })],
    ["unlabel its own Endpoint", () => merge(east, own.endpoint("east"), { metadata: { labels: { [OWNER]: null } } })],
    [
      "give its own Endpoint another's label",
      () => merge(east, own.endpoint("east"), { metadata: { labels: { [OWNER]: "west" } } }),
    ],
    ["give its own Endpoint another's id", () => merge(east, own.endpoint("east"), { spec: { cluster_id: "west" } })],
    ["give its own Endpoint another's cable", () => merge(east, own.endpoint("east"), { spec: { cable_name: cable("west") } })],
    ["give another's Endpoint a finalizer", () => merge(east, own.endpoint("west"), { metadata: { finalizers: ["x.io/stay"] } })],
    [
      "give another's Endpoint an owner that is not there",
      () =>
        merge(east, own.endpoint("west"), {
          metadata: { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "x", uid: "0" }] },
        }),
    ],
    ["give its own Cluster a finalizer", () => merge(east, own.cluster("east"), { metadata: { finalizers: ["x.io/stay"] } })],
    ["remove another's Cluster", () => remove(east, own.cluster("west"))],
    ["remove another's Endpoint", () => remove(east, own.endpoint("west"))],
    [
      "remove another's Endpoint in the foreground",
      () => remove(east, own.endpoint("west"), { propagationPolicy: "Foreground" }),
    ],
    ["remove all Endpoints", () => remove(east, paths.endpoints)],
    ["remove all Endpoints of another by label", () => remove(east, paths.endpoints, { labelSelector: `${OWNER}=west` })],
    ["create another's EndpointSlice", () => create(east, paths.slices, sliceOf("west", "web-9"))],
    [
      "create an EndpointSlice that says it comes from another",
      () =>
        create(
          east,
          paths.slices,
          sliceOf("east", "web-9", { labels: { [OWNER]: "east", "multicluster.kubernetes.io/source-cluster": "west" } }),
        ),
    ],
    ["change another's EndpointSlice", () => merge(east, own.slice("west"), { endpoints: [{ addresses: ["10.6.6.6"] }] })],
    [
      "take over another's EndpointSlice",
      () =>
        merge(east, own.slice("west"), {
          metadata: { labels: { [OWNER]: "east", "multicluster.kubernetes.io/source-cluster": "east" } },
        }),
    ],
    ["remove another's EndpointSlice", () => remove(east, own.slice("west"))],
    ["remove another's ServiceImport", () => remove(east, own.web)],
    ["change another's ServiceImport", () => merge(east, own.web, { spec: { ports: [] } })],
    ["take another out of a ServiceImport's status", () => merge(east, `${own.web}/status`, { status: { clusters: [] } })],
    ["put itself in another's place", () => merge(east, `${own.web}/status`, { status: { clusters: [{ cluster: "east" }] } })],
    [
      "replace the status of another's ServiceImport",
      () =>
        put(east, own.web, (object) =>
          Object.assign(object, { metadata: { ...object.metadata, annotations: { [time("east")]: "0" } } }),
        ),
    ],
    [
      "change another's timestamp",
      () => merge(east, own.web, { metadata: { annotations: { [time("west")]: "9", [time("east")]: "1" } } }),
    ],
    [
      "join a ServiceImport and change its type",
      () => merge(east, own.web, { metadata: { annotations: { [time("east")]: "0" } }, spec: { type: "Headless" } }),
    ],
    [
      "join a ServiceImport and tie it to nothing",
      () =>
        merge(east, own.web, {
          metadata: {
            annotations: { [time("east")]: "0" },
            ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "x", uid: "0" }],
          },
        }),
    ],
    [
      "apply a ServiceImport in another's name",
      () => apply(east, `${paths.imports}/db-default`, importOf(["west"], { name: "db-default" })),
    ],
    ["create a ServiceImport in nobody's name", () => create(east, paths.imports, importOf([], { name: "db-default" }))],
    ["read the broker's Secrets", () => read(east, `/api/v1/namespaces/${SPACE}/secrets`)],
    [
      "make itself an account",
      () =>
        create(east, `/api/v1/namespaces/${SPACE}/serviceaccounts`, {
          apiVersion: "v1",
          kind: "ServiceAccount",
          metadata: { name: "cluster-west2" },
        }),
    ],
    [
      "ask for another's token",
      () =>
        create(east, `/api/v1/namespaces/${SPACE}/serviceaccounts/cluster-west/token`, {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenRequest",
          spec: {},
        }),
    ],
    [
      "change its own Role",
      () => merge(east, `/apis/rbac.authorization.k8s.io/v1/namespaces/${SPACE}/roles/${BROKER.memberRole}`, { rules: [] }),
    ],
    ["write outside of the broker's namespace", () => create(east, paths.clusters.replace(SPACE, "default"), clusterOf("east"))],
    ["remove a CRD", () => remove(east, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/endpoints.submariner.io")],
  ];
  for (const [name, attack] of attacks) {
    test(`a member cannot ${name}`, async () => expect(await status(attack())).toBe(403));
  }

  test("a member's objects are as it left them after all attempts of another", async () => {
    expect(await read(west, own.endpoint("west"))).toMatchObject({
      metadata: { labels: { [OWNER]: "west" }, generation: 1 },
      spec: endpointOf("west").spec,
    });
    expect(await read(west, own.cluster("west"))).toMatchObject({ metadata: { generation: 1 } });
    expect(await read(west, own.web)).toMatchObject({ spec: importOf([]).spec, status: { clusters: [{ cluster: "west" }] } });
    const { items } = (await read(west, paths.endpoints)) as unknown as { items: { metadata: Metadata }[] };
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["east", "west"].map((id) => `${id}-${cable(id)}`));
  });

  test("a member that leaves removes all of its own", async () => {
    await remove(west, own.web);
    for (const path of [own.slice("west"), own.endpoint("west"), own.cluster("west")]) await remove(west, path);
    expect(await status(read(east, own.cluster("west")))).toBe(404);
  });
});
