// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin, type Json } from "../support/api.ts";
import { generatedCrds, installCrd } from "../support/crds.ts";
import { newNamespace } from "../support/objects.ts";

const crds = await generatedCrds();
let api: Api;
let namespace: string;

beforeAll(async () => {
  api = await admin();
  namespace = await newNamespace(api);
  await Promise.all(crds.map((crd) => installCrd(api, crd)));
});

const pathOf = (group: string, plural: string) => `/apis/${group}/v1/namespaces/${namespace}/${plural}`;
const endpoint = (name: string, spec: Json = {}): Json => ({
  apiVersion: "submariner.io/v1",
  kind: "Endpoint",
  metadata: { name, labels: { "submariner-io/clusterID": "east" }, annotations: { "strait.io/gateways": "[]" } },
  spec: {
    cluster_id: "east",
    cable_name: "submariner-cable-east-172-31-1-10",
    hostname: "gw1",
    subnets: ["10.96.0.0/16", "10.1.0.0/16", "fd01::/48"],
    private_ip: "172.31.1.10",
    public_ip: "",
    healthCheckIP: "10.1.0.1",
    nat_enabled: false,
    backend: "vxlan",
    backend_config: { "udp-port": "4500", "natt-discovery-port": "4490" },
    ...spec,
  },
});

describe("a definition of deploy/crds", () => {
  test("is there for each kind of Submariner and of the MCS API", () => {
    const names = crds.map((crd) => crd.metadata.name);
    for (const kind of ["clusters", "endpoints", "gateways", "routeagents", "brokers", "submariners"])
      expect(names).toContain(`${kind}.submariner.io`);
    for (const kind of ["serviceexports", "serviceimports"]) expect(names).toContain(`${kind}.multicluster.x-k8s.io`);
  });

  for (const crd of crds) {
    test(`${crd.metadata.name} is established, and its schema is structural`, async () => {
      const { body } = await api.get(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`);
      const conditions = Object.fromEntries(body.status.conditions.map((condition: Json) => [condition.type, condition.status]));
      expect(conditions).toMatchObject({ NamesAccepted: "True", Established: "True" });
      expect(conditions["NonStructuralSchema"]).toBeUndefined();
      expect(conditions["KubernetesAPIApprovalPolicyConformant"] ?? "True").toBe("True");
    });
  }

  test("applied again changes nothing", async () => {
    for (const crd of crds) {
      const at = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`;
      const before = (await api.get(at)).body.metadata.resourceVersion;
      await installCrd(api, crd);
      expect([crd.metadata.name, (await api.get(at)).body.metadata.resourceVersion]).toEqual([crd.metadata.name, before]);
    }
  });
});

describe("an Endpoint", () => {
  test("keeps every field that upstream writes, and ours", async () => {
    const path = pathOf("submariner.io", "endpoints");
    const object = endpoint("east-cable", {
      privateIPs: ["172.31.1.10", "fd31:1::10"],
      publicIPs: ["192.0.2.1"],
      healthCheckIPs: ["10.1.0.1"],
    });
    const made = await api.post(path, object, { fieldValidation: "Strict" });
    expect([made.status, made.body.spec]).toEqual([201, object.spec]);
    expect(made.body.metadata).toMatchObject({ labels: object.metadata.labels, annotations: object.metadata.annotations });
  });

  test("without cluster_id, or with subnets that are no list, is refused by field", async () => {
    const path = pathOf("submariner.io", "endpoints");
    const nobody = await api.post(path, endpoint("nobody", { cluster_id: undefined }));
    expect([nobody.status, nobody.body.details.causes[0].field]).toEqual([422, "spec.cluster_id"]);
    const subnets = await api.post(path, endpoint("subnets", { subnets: "10.0.0.0/8" }));
    expect([subnets.status, subnets.body.details.causes[0].field]).toEqual([422, "spec.subnets"]);
  });
});

describe("the other kinds", () => {
  test("a Cluster keeps its ranges and colour codes", async () => {
    const spec = {
      cluster_id: "east",
      color_codes: ["blue"],
      service_cidr: ["10.96.0.0/16"],
      cluster_cidr: ["10.1.0.0/16", "fd01::/48"],
      global_cidr: [],
    };
    const object = { apiVersion: "submariner.io/v1", kind: "Cluster", metadata: { name: "east" }, spec };
    const { status, body } = await api.post(pathOf("submariner.io", "clusters"), object, { fieldValidation: "Strict" });
    expect([status, body.spec]).toEqual([201, spec]);
  });

  test("a Gateway keeps its status, which upstream writes with the object and not as a subresource", async () => {
    const { spec } = endpoint("x");
    const status = {
      version: "v0",
      haStatus: "active",
      statusFailure: "",
      localEndpoint: spec,
      connections: [
        {
          endpoint: spec,
          status: "connected",
          statusMessage: "",
          usingIP: "192.0.2.1",
          usingNAT: false,
          latencyRTT: { last: "1ms", min: "1ms", average: "1ms", max: "2ms", stdDev: "0s" },
        },
      ],
    };
    const object = { apiVersion: "submariner.io/v1", kind: "Gateway", metadata: { name: "gw1" }, status };
    const made = await api.post(pathOf("submariner.io", "gateways"), object, { fieldValidation: "Strict" });
    expect([made.status, made.body.status]).toEqual([201, status]);
    const table = await api.get(`${pathOf("submariner.io", "gateways")}/gw1`, undefined, {
      accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
    });
    expect(table.body.columnDefinitions.map((column: Json) => column.name)).toContain("HA Status");
    expect(table.body.rows[0].cells).toContain("active");
  });

  test("a ServiceImport and a ServiceExport are stored, their status through the subresource", async () => {
    const spec = { ips: ["10.1.0.9"], type: "ClusterSetIP", ports: [{ name: "http", protocol: "TCP", port: 80 }] };
    const imported = { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ServiceImport", metadata: { name: "web" }, spec };
    const imports = `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${namespace}/serviceimports`;
    expect((await api.make(imports, imported)).spec).toMatchObject(spec);
    const exported = { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ServiceExport", metadata: { name: "web" } };
    const exports = `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${namespace}/serviceexports`;
    await api.make(exports, exported);
    const condition = { type: "Valid", status: "True", reason: "", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" };
    const { status, body } = await api.patch("merge-patch", `${exports}/web/status`, { status: { conditions: [condition] } });
    expect([status, body.status.conditions[0].type]).toEqual([200, "Valid"]);
  });
});
