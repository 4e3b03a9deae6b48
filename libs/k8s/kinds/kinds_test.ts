// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { customKinds } from "./all_kinds.ts";
import { ClusterKind } from "./cluster_kind.ts";
import { CRD_REVISION, crds } from "./crds.ts";
import { EndpointKind } from "./endpoint_kind.ts";
import { type StructuralSchema, structuralSchema } from "./structural_schema.ts";

const definitions = crds();
const definition = (name: string) => definitions.find((crd) => crd.metadata.name === name);

describe("The definitions", () => {
  test("are those of Submariner, with its plurals, short names and scopes", () => {
    const list = definitions.map(({ metadata, spec: { names, scope, versions } }) =>
      [metadata.name, names.kind, scope, versions[0]?.name, ...(names.shortNames ?? [])].join(" "),
    );
    expect(list).toEqual([
      "brokers.submariner.io Broker Namespaced v1alpha1",
      "clusterglobalegressips.submariner.io ClusterGlobalEgressIP Cluster v1 cgeip",
      "clusters.submariner.io Cluster Namespaced v1",
      "endpoints.submariner.io Endpoint Namespaced v1",
      "gatewayroutes.submariner.io GatewayRoute Namespaced v1 gwrt",
      "gateways.submariner.io Gateway Namespaced v1",
      "globalegressips.submariner.io GlobalEgressIP Namespaced v1 geip",
      "globalingressips.submariner.io GlobalIngressIP Namespaced v1 giip",
      "nongatewayroutes.submariner.io NonGatewayRoute Namespaced v1 ngwrt",
      "routeagents.submariner.io RouteAgent Namespaced v1",
      "servicediscoveries.submariner.io ServiceDiscovery Namespaced v1alpha1",
      "serviceexports.multicluster.x-k8s.io ServiceExport Namespaced v1alpha1 svcex",
      "serviceimports.multicluster.x-k8s.io ServiceImport Namespaced v1alpha1 svcim",
      "submariners.submariner.io Submariner Namespaced v1alpha1",
    ]);
  });

  test("have another revision where one of them changed", () => {
    // Whoever changes a definition raises CRD_REVISION and writes the new pair here.
    const specs = JSON.stringify(definitions.map(({ metadata, spec }) => [metadata.name, spec]));
    const digest = new Bun.CryptoHasher("sha256").update(specs).digest("hex").slice(0, 16);
    expect([CRD_REVISION.number, digest]).toEqual([1, "def9e1e3ce21f7da"]);
  });

  test("give no status subresource to kinds whose status every write changes", () => {
    const without = definitions.filter((crd) => crd.spec.versions[0]?.subresources?.status === undefined);
    expect(without.map((crd) => crd.spec.names.kind)).toEqual([
      "Cluster",
      "Endpoint",
      "GatewayRoute",
      "Gateway",
      "NonGatewayRoute",
      "RouteAgent",
    ]);
    expect(definition("gateways.submariner.io")?.spec.versions[0]?.subresources).toEqual({});
  });

  test("print Submariner's columns", () => {
    const columns = definitions.flatMap((crd) =>
      (crd.spec.versions[0]?.additionalPrinterColumns ?? []).map((c) => `${crd.spec.names.kind} ${c["name"]} ${c["jsonPath"]}`),
    );
    expect(columns).toEqual([
      "Gateway HA Status .status.haStatus",
      "GlobalIngressIP IP .status.allocatedIP",
      "ServiceExport Age .metadata.creationTimestamp",
      "ServiceImport Type .spec.type",
      "ServiceImport IP .spec.ips",
      "ServiceImport Age .metadata.creationTimestamp",
    ]);
  });

  test("require what Submariner's require and know the lists of later releases", () => {
    const spec = definition("endpoints.submariner.io")?.spec.versions[0]?.schema.openAPIV3Schema.properties?.["spec"];
    expect(spec?.required).toEqual([
      "backend",
      "cable_name",
      "cluster_id",
      "hostname",
      "nat_enabled",
      "private_ip",
      "public_ip",
      "subnets",
    ]);
    expect(spec?.properties?.["cluster_id"]).toMatchObject({ type: "string", minLength: 1, maxLength: 63 });
    expect(spec?.properties?.["privateIPs"]).toMatchObject({ type: "array", maxItems: 2, items: { type: "string" } });
  });

  test("are structural and explain every member: a type and a description each, nothing that a definition cannot say", () => {
    const walk = (schema: StructuralSchema, at: string): void => {
      expect([at, typeof schema.type]).toEqual([at, "string"]);
      for (const key of Object.keys(schema)) expect(key).not.toMatch(/^(\$|nullable|anyOf|const|propertyNames)/);
      for (const name of schema.required ?? []) expect(Object.keys(schema.properties ?? {})).toContain(name);
      for (const [name, member] of Object.entries(schema.properties ?? {})) {
        if (`${at}.${name}`.split(".").length > 2)
          expect([at, name, member["description"]]).toEqual([at, name, expect.any(String)]);
        walk(member, `${at}.${name}`);
      }
      if (schema.items) walk(schema.items, `${at}[]`);
      if (schema.additionalProperties) walk(schema.additionalProperties, `${at}{}`);
    };
    for (const crd of definitions) walk(crd.spec.versions[0]?.schema.openAPIV3Schema ?? {}, crd.spec.names.kind);
  });
});

test("structuralSchema refuses what a definition cannot say", () => {
  const root = (member: v.GenericSchema) => structuralSchema(v.object({ spec: v.object({ member }) }), "x");
  expect(() => root(v.union([v.string(), v.number()]))).toThrow("spec.member of a schema has anyOf");
  expect(() => root(v.literal("x"))).not.toThrow();
});

describe("Decoding", () => {
  const spec = {
    cluster_id: "east",
    cable_name: "submariner-cable-east-172-31-1-2",
    hostname: "gw1",
    subnets: ["10.1.0.0/16"],
    private_ip: "172.31.1.2",
    public_ip: "",
    nat_enabled: false,
    backend: "vxlan",
  };
  const endpoint = { metadata: { name: "east-submariner-cable-east-172-31-1-2" }, spec };

  test("keeps members that are not known", () => {
    const decoded = EndpointKind.decode({ ...endpoint, spec: { ...spec, lanes: 4 } });
    expect(decoded).toMatchObject({ ok: true, value: { spec: { lanes: 4 } } });
  });

  test.each<[unknown, string]>([
    [{ ...endpoint, spec: { ...spec, cluster_id: "" } }, "spec.cluster_id"],
    [{ ...endpoint, spec: { ...spec, subnets: "10.1.0.0/16" } }, "spec.subnets"],
    [{ ...endpoint, spec: { ...spec, private_ip: null } }, "spec.private_ip"],
    [{ ...endpoint, spec: { ...spec, backend_config: { "udp-port": 4500 } } }, "spec.backend_config.udp-port"],
    [{ ...endpoint, spec: { ...spec, backend_config: ["4500"] } }, "spec.backend_config"],
    [{ ...endpoint, spec: Object.assign([], spec) }, "spec: Invalid type"],
    [{ metadata: endpoint.metadata }, "spec"],
    [null, "Invalid type"],
    ["<html>", "Invalid type"],
  ])("refuses what does not fit, with the place: %#", (value, reason) => {
    expect(EndpointKind.decode(value)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  test("takes null for what is optional, as Go writes it", () => {
    const value = {
      metadata: { name: "east" },
      spec: { cluster_id: "east", service_cidr: [], cluster_cidr: [], global_cidr: [] },
    };
    expect(ClusterKind.decode({ ...value, spec: { ...value.spec, color_codes: null } }).ok).toBe(true);
    expect(ClusterKind.decode({ ...value, spec: { ...value.spec, global_cidr: null } }).ok).toBe(false);
  });

  test("of every kind refuses an object without metadata", () => {
    for (const kind of customKinds) expect([kind.kind, kind.decode({ spec: {}, status: {} }).ok]).toEqual([kind.kind, false]);
  });
});
