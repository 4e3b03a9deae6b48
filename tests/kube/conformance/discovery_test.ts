// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin, type Json } from "../support/api.ts";
import { crdOf, installCrd } from "../support/crds.ts";
import { configMap, configMaps, newNamespace } from "../support/objects.ts";
import { waitFor } from "../support/wait_for.ts";
import { Watch } from "../support/watch.ts";

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

let api: Api;
let namespace: string;

beforeAll(async () => {
  api = await admin();
  namespace = await newNamespace(api);
  const version = { additionalPrinterColumns: [], subresources: { status: {} } };
  await installCrd(
    api,
    crdOf(
      "oddities",
      { "x-kubernetes-preserve-unknown-fields": true },
      {
        version,
        names: {
          plural: "oddities",
          singular: "oddity",
          kind: "Oddity",
          listKind: "OddityList",
          shortNames: ["odd"],
          categories: ["all"],
        },
      },
    ),
  );
});

const resource = (list: Json, name: string): Json => list.resources.find((entry: Json) => entry.name === name);

describe("discovery", () => {
  test("of the core names its version and its resources with verbs, scope and short names", async () => {
    expect((await api.get("/api")).body).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
    const { body } = await api.get("/api/v1");
    expect([body.kind, body.groupVersion]).toEqual(["APIResourceList", "v1"]);
    const pods = resource(body, "pods");
    expect(pods).toMatchObject({ singularName: "pod", namespaced: true, kind: "Pod", shortNames: ["po"], categories: ["all"] });
    expect([...pods.verbs].sort()).toEqual(["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]);
    expect(resource(body, "nodes")).toMatchObject({ namespaced: false, kind: "Node", shortNames: ["no"] });
    expect([...resource(body, "pods/status").verbs].sort()).toEqual(["get", "patch", "update"]);
    expect(resource(body, "serviceaccounts/token")).toMatchObject({
      kind: "TokenRequest",
      group: "authentication.k8s.io",
      version: "v1",
      verbs: ["create"],
    });
  });

  test("of groups has those we use, and those of definitions", async () => {
    const { body } = await api.get("/apis");
    const groups = body.groups.map((group: Json) => group.name);
    for (const name of [
      "apps",
      "rbac.authorization.k8s.io",
      "coordination.k8s.io",
      "discovery.k8s.io",
      "events.k8s.io",
      "apiextensions.k8s.io",
      "conformance.example.com",
    ])
      expect(groups).toContain(name);
    const ours = await api.get("/apis/conformance.example.com");
    expect(ours.body).toMatchObject({
      kind: "APIGroup",
      name: "conformance.example.com",
      preferredVersion: { groupVersion: "conformance.example.com/v1", version: "v1" },
    });
    const list = await api.get("/apis/conformance.example.com/v1");
    expect(resource(list.body, "oddities")).toMatchObject({
      singularName: "oddity",
      namespaced: true,
      kind: "Oddity",
      shortNames: ["odd"],
      categories: ["all"],
    });
    expect(resource(list.body, "oddities/status")).toMatchObject({ kind: "Oddity" });
  });

  test("in one answer, as kubectl asks for it, names the same", async () => {
    const { headers, body } = await api.get("/apis", undefined, { accept: AGGREGATED });
    expect(headers.get("content-type")).toContain("as=APIGroupDiscoveryList");
    const [apps] = body.items.filter((item: Json) => item.metadata.name === "apps");
    const deployments = apps.versions[0].resources.find((entry: Json) => entry.resource === "deployments");
    expect(deployments).toMatchObject({
      responseKind: { kind: "Deployment" },
      scope: "Namespaced",
      singularResource: "deployment",
      shortNames: ["deploy"],
    });
    expect(deployments.subresources.map((entry: Json) => entry.subresource)).toContain("status");
    const core = await api.get("/api", undefined, { accept: AGGREGATED });
    expect(core.body.items[0].versions[0].resources.map((entry: Json) => entry.resource)).toContain("pods");
    const odd = await waitFor("the definition's kind", async () => {
      const { body: now } = await api.get("/apis", undefined, { accept: AGGREGATED });
      return now.items.find((item: Json) => item.metadata.name === "conformance.example.com");
    });
    expect(odd.versions[0].resources.map((entry: Json) => entry.resource)).toContain("oddities");
  });

  test("of a group or version that is not there is NotFound", async () => {
    for (const path of ["/apis/none.example.com", "/apis/none.example.com/v1", "/apis/apps/v9", "/api/v2"])
      expect([path, (await api.get(path)).status]).toEqual([path, 404]);
  });

  test("tells the server's version", async () => {
    const { body } = await api.get("/version");
    expect([body.major, body.minor, body.gitVersion]).toEqual([
      expect.stringMatching(/^1$/),
      expect.stringMatching(/^\d+\+?$/),
      expect.stringMatching(/^v1\.\d+\.\d+/),
    ]);
  });

  test("of a method that a path does not have says so", async () => {
    const { status, body } = await api.call("POST", `${configMaps(namespace)}/x`, {});
    expect([status, body.reason]).toEqual([405, "MethodNotAllowed"]);
  });
});

describe("OpenAPI", () => {
  test("v3 has a document for each group, with the schema of each kind and its group, version and kind", async () => {
    // The real server calls the index plain text, and takes a moment until a definition is in it.
    const index = async () => {
      const { body } = await api.get("/openapi/v3");
      return typeof body === "string" ? JSON.parse(body) : body;
    };
    const wanted = ["api/v1", "apis/apps/v1", "apis/conformance.example.com/v1"];
    const body = await waitFor(`${wanted.join(", ")} in the index`, async () => {
      const now = await index();
      return wanted.every((path) => path in now.paths) && now;
    });
    const core = await api.get(body.paths["api/v1"].serverRelativeURL);
    const kinds = Object.values(core.body.components.schemas).flatMap(
      (schema: Json) => schema["x-kubernetes-group-version-kind"] ?? [],
    );
    expect(kinds).toContainEqual({ group: "", version: "v1", kind: "ConfigMap" });
    const ours = await waitFor("the document of the definition", async () => {
      const { serverRelativeURL } = (await index()).paths["apis/conformance.example.com/v1"];
      const { body: document } = await api.get(serverRelativeURL);
      return Object.keys(document.paths ?? {}).some((path) => path.endsWith("/oddities")) && document;
    });
    expect(JSON.stringify(ours.components.schemas)).toContain('"kind":"Oddity"');
  });

  test("v2 is one document", async () => {
    const { status, body } = await api.get("/openapi/v2");
    expect([status, body.swagger]).toEqual([200, "2.0"]);
    expect(Object.keys(body.definitions).length).toBeGreaterThan(20);
  });
});

describe("an answer's form", () => {
  test("is a table where that is asked for, with metadata only", async () => {
    await api.make(configMaps(namespace), configMap("tabled", { data: { a: "1", b: "2" } }));
    const { body } = await api.get(configMaps(namespace), { fieldSelector: "metadata.name=tabled" }, { accept: TABLE });
    expect([body.kind, body.apiVersion]).toEqual(["Table", "meta.k8s.io/v1"]);
    expect(body.columnDefinitions.map((column: Json) => column.name)).toEqual(["Name", "Data", "Age"]);
    expect(body.rows[0].cells.slice(0, 2)).toEqual(["tabled", 2]);
    expect(body.rows[0].object).toMatchObject({
      kind: "PartialObjectMetadata",
      apiVersion: "meta.k8s.io/v1",
      metadata: { name: "tabled" },
    });
    const whole = await api.get(
      configMaps(namespace),
      { fieldSelector: "metadata.name=tabled", includeObject: "Object" },
      { accept: TABLE },
    );
    expect(whole.body.rows[0].object.data).toEqual({ a: "1", b: "2" });
  });

  const columns: Record<string, string[]> = {
    "/api/v1/nodes": [
      "Name",
      "Status",
      "Roles",
      "Age",
      "Version",
      "Internal-IP",
      "External-IP",
      "OS-Image",
      "Kernel-Version",
      "Container-Runtime",
    ],
    "/api/v1/pods": ["Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"],
    "/api/v1/services": ["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "Selector"],
    "/api/v1/namespaces": ["Name", "Status", "Age"],
    "/api/v1/secrets": ["Name", "Type", "Data", "Age"],
    "/apis/apps/v1/deployments": ["Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"],
    "/apis/apps/v1/daemonsets": [
      "Name",
      "Desired",
      "Current",
      "Ready",
      "Up-to-date",
      "Available",
      "Node Selector",
      "Age",
      "Containers",
      "Images",
      "Selector",
    ],
    "/apis/coordination.k8s.io/v1/leases": ["Name", "Holder", "Age"],
    "/apis/discovery.k8s.io/v1/endpointslices": ["Name", "AddressType", "Ports", "Endpoints", "Age"],
    "/apis/rbac.authorization.k8s.io/v1/rolebindings": ["Name", "Role", "Age", "Users", "Groups", "ServiceAccounts"],
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": ["Name", "Created At"],
    "/apis/conformance.example.com/v1/oddities": ["Name", "Age"],
  };
  for (const [path, names] of Object.entries(columns)) {
    test(`of ${path} as a table has the columns ${names.join(", ")}`, async () => {
      const { body } = await api.get(path, undefined, { accept: TABLE });
      expect(body.columnDefinitions.map((column: Json) => column.name)).toEqual(names);
    });
  }

  test("of a watch is tables, too, with the columns in the first", async () => {
    const maps = configMaps(await newNamespace(api));
    const { body } = await api.get(maps);
    using watch = await Watch.open(
      api,
      maps,
      { resourceVersion: body.metadata.resourceVersion, fieldSelector: "metadata.name=a" },
      TABLE,
    );
    await api.make(maps, configMap("a"));
    await api.patch("merge-patch", `${maps}/a`, { data: { b: "2" } });
    const [first, second] = [await watch.next(), await watch.next()];
    expect([first?.type, first?.object.kind, first?.object.columnDefinitions.length]).toEqual(["ADDED", "Table", 3]);
    expect([second?.type, second?.object.rows[0].cells.slice(0, 2)]).toEqual(["MODIFIED", ["a", 2]]);
  });

  test("is metadata alone where that is asked for", async () => {
    await api.make(configMaps(namespace), configMap("partial"));
    const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    const { body } = await api.get(configMaps(namespace), { fieldSelector: "metadata.name=partial" }, { accept });
    expect([body.kind, body.items[0].kind, body.items[0].metadata.name, body.items[0].data]).toEqual([
      "PartialObjectMetadataList",
      "PartialObjectMetadata",
      "partial",
      undefined,
    ]);
    const one = await api.get(`${configMaps(namespace)}/partial`, undefined, { accept: accept.replace("List", "") });
    expect([one.body.kind, one.body.data]).toEqual(["PartialObjectMetadata", undefined]);
  });

  test("is YAML where that is asked for, and none where nothing asked for can be given", async () => {
    const yaml = await api.get("/api/v1/namespaces/default", undefined, { accept: "application/yaml" });
    expect([yaml.headers.get("content-type"), yaml.body]).toEqual([
      "application/yaml",
      expect.stringContaining("kind: Namespace"),
    ]);
    expect((await api.get("/api/v1/namespaces/default", undefined, { accept: "text/plain" })).status).toBe(406);
    expect((await api.get("/api/v1/namespaces/default", undefined, { accept: "text/plain, */*" })).status).toBe(200);
  });
});
