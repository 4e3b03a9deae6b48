// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin, type Json } from "../support/api.ts";
import { newNamespace, unique } from "../support/objects.ts";
import { waitFor } from "../support/wait_for.ts";

let api: Api;
let namespace: string;
let core: string;

beforeAll(async () => {
  api = await admin();
  namespace = await newNamespace(api);
  core = `/api/v1/namespaces/${namespace}`;
});

describe("a Service", () => {
  const ports = [{ port: 80 }];
  const service = (name: string, spec: Json = {}) => ({ metadata: { name }, spec: { ports, ...spec } });

  test("gets an address of the cluster's range and its defaults", async () => {
    const { spec } = await api.make(`${core}/services`, service("plain", { selector: { app: "x" } }));
    expect(spec.clusterIP).toMatch(/^10\.96\.\d+\.\d+$/);
    expect(spec).toMatchObject({
      clusterIPs: [spec.clusterIP],
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      type: "ClusterIP",
      sessionAffinity: "None",
      internalTrafficPolicy: "Cluster",
      ports: [{ port: 80, protocol: "TCP", targetPort: 80 }],
    });
  });

  test("of both families gets one address of each", async () => {
    const { spec } = await api.make(`${core}/services`, service("dual", { ipFamilyPolicy: "PreferDualStack" }));
    expect(spec.ipFamilies).toEqual(["IPv4", "IPv6"]);
    expect(spec.clusterIPs).toEqual([expect.stringMatching(/^10\.96\./), expect.stringMatching(/^fd00:10:96::/)]);
  });

  test("without an address keeps that, and one that asks for an address gets it once", async () => {
    expect((await api.make(`${core}/services`, service("headless", { clusterIP: "None" }))).spec.clusterIPs).toEqual(["None"]);
    const asked = await api.make(`${core}/services`, service("asked", { clusterIP: "10.96.77.77" }));
    expect(asked.spec.clusterIP).toBe("10.96.77.77");
    const again = await api.post(`${core}/services`, service("again", { clusterIP: "10.96.77.77" }));
    expect([again.status, again.body.details.causes[0].field]).toEqual([422, "spec.clusterIPs"]);
    const outside = await api.post(`${core}/services`, service("outside", { clusterIP: "192.0.2.1" }));
    expect(outside.status).toBe(422);
    await api.delete(`${core}/services/asked`);
    await waitFor(
      "the address to be free",
      async () => (await api.post(`${core}/services`, service("later", { clusterIP: "10.96.77.77" }))).status === 201,
    );
  });

  test("keeps its address over updates, and cannot be given another", async () => {
    const made = await api.make(`${core}/services`, service("keeps"));
    const blind = await api.put(`${core}/services/keeps`, {
      ...service("keeps"),
      metadata: { name: "keeps", resourceVersion: made.metadata.resourceVersion },
    });
    expect([blind.status, blind.body.spec?.clusterIP]).toEqual([200, made.spec.clusterIP]);
    const other = await api.patch("merge-patch", `${core}/services/keeps`, {
      spec: { clusterIP: "10.96.1.2", clusterIPs: ["10.96.1.2"] },
    });
    expect([other.status, other.body.reason]).toEqual([422, "Invalid"]);
  });

  test("without ports is refused, and so are two without names", async () => {
    const none = await api.post(`${core}/services`, { metadata: { name: "none" }, spec: {} });
    expect([none.status, none.body.details.causes[0]]).toEqual([
      422,
      { reason: "FieldValueRequired", message: "Required value", field: "spec.ports" },
    ]);
    const two = await api.post(`${core}/services`, service("two", { ports: [{ port: 80 }, { port: 81 }] }));
    expect([two.status, two.body.details.causes.map((cause: Json) => cause.field)]).toEqual([
      422,
      expect.arrayContaining(["spec.ports[0].name"]),
    ]);
  });

  test("kubernetes in default is the API server's own", async () => {
    const { spec } = (await api.get("/api/v1/namespaces/default/services/kubernetes")).body;
    expect([spec.clusterIP, spec.ports[0].port, spec.ports[0].name]).toEqual(["10.96.0.1", 443, "https"]);
  });
});

describe("a Pod", () => {
  const pod = (name: string, spec: Json = {}) => ({
    metadata: { name },
    spec: { containers: [{ name: "c", image: "x" }], ...spec },
  });

  test("is Pending at first, and has the ServiceAccount's volume", async () => {
    const made = await api.make(`${core}/pods`, pod("pending"));
    expect(made.status.phase).toBe("Pending");
    expect(made.spec).toMatchObject({
      serviceAccountName: "default",
      restartPolicy: "Always",
      dnsPolicy: "ClusterFirst",
      terminationGracePeriodSeconds: 30,
      schedulerName: "default-scheduler",
    });
    const [mount] = made.spec.containers[0].volumeMounts;
    expect(mount.mountPath).toBe("/var/run/secrets/kubernetes.io/serviceaccount");
    const volume = made.spec.volumes.find((entry: Json) => entry.name === mount.name);
    expect(volume.projected.sources.map((source: Json) => Object.keys(source)[0]).sort()).toEqual([
      "configMap",
      "downwardAPI",
      "serviceAccountToken",
    ]);
  });

  test("is bound to a node through its binding, once", async () => {
    await api.make(`${core}/pods`, pod("bind"));
    const binding = (name: string) => ({
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name: "bind" },
      target: { apiVersion: "v1", kind: "Node", name },
    });
    expect((await api.post(`${core}/pods/bind/binding`, binding("n1"))).status).toBe(201);
    const { body } = await api.get(`${core}/pods/bind`);
    expect(body.spec.nodeName).toBe("n1");
    expect(body.status.conditions).toContainEqual(expect.objectContaining({ type: "PodScheduled", status: "True" }));
    expect((await api.post(`${core}/pods/bind/binding`, binding("n2"))).status).toBe(409);
  });

  test("that runs on a node stays, marked for deletion, until its kubelet says that it ended", async () => {
    await api.make(`${core}/pods`, pod("graceful", { nodeName: "n1", terminationGracePeriodSeconds: 7 }));
    const { status, body } = await api.delete(`${core}/pods/graceful`);
    expect([status, body.metadata.deletionGracePeriodSeconds]).toEqual([200, 7]);
    expect((await api.get(`${core}/pods/graceful`)).body.metadata.deletionTimestamp).toBeDefined();
    await api.delete(`${core}/pods/graceful`, { gracePeriodSeconds: 0, preconditions: { uid: body.metadata.uid } });
    expect((await api.get(`${core}/pods/graceful`)).status).toBe(404);
  });

  test("that runs nowhere is gone at once", async () => {
    await api.make(`${core}/pods`, pod("nowhere"));
    await api.delete(`${core}/pods/nowhere`);
    expect((await api.get(`${core}/pods/nowhere`)).status).toBe(404);
  });

  test("takes status through its subresource, addresses of both families included", async () => {
    await api.make(`${core}/pods`, pod("status", { nodeName: "n1" }));
    const status = {
      phase: "Running",
      podIP: "10.1.0.9",
      podIPs: [{ ip: "10.1.0.9" }, { ip: "fd01::9" }],
      conditions: [{ type: "Ready", status: "True" }],
    };
    const answer = await api.patch("strategic-merge-patch", `${core}/pods/status/status`, { status });
    expect([answer.status, answer.body.status.podIPs]).toEqual([200, status.podIPs]);
    const more = { conditions: [{ type: "Initialized", status: "True" }] };
    const merged = await api.patch("strategic-merge-patch", `${core}/pods/status/status`, { status: more });
    expect(merged.body.status.conditions.map((condition: Json) => condition.type).sort()).toEqual(["Initialized", "Ready"]);
  });

  test("without containers, or whose spec changes, is refused", async () => {
    const none = await api.post(`${core}/pods`, { metadata: { name: "none" }, spec: { containers: [] } });
    expect([none.status, none.body.details.causes[0].field]).toEqual([422, "spec.containers"]);
    await api.make(`${core}/pods`, pod("fixed"));
    const changed = await api.patch("merge-patch", `${core}/pods/fixed`, { spec: { hostNetwork: true } });
    expect([changed.status, changed.body.reason]).toEqual([422, "Invalid"]);
  });
});

describe("a Node", () => {
  test("takes podCIDRs once, and status through its subresource", async () => {
    const name = unique("node");
    const made = await api.make("/api/v1/nodes", {
      metadata: { name },
      spec: { podCIDR: "10.1.1.0/24", podCIDRs: ["10.1.1.0/24", "fd01:0:0:1::/64"] },
    });
    expect(made.spec.podCIDRs).toEqual(["10.1.1.0/24", "fd01:0:0:1::/64"]);
    const status = {
      addresses: [{ type: "InternalIP", address: "172.31.1.10" }],
      conditions: [{ type: "Ready", status: "True" }],
    };
    const answer = await api.patch("strategic-merge-patch", `/api/v1/nodes/${name}/status`, { status });
    expect([answer.status, answer.body.status.addresses]).toEqual([200, status.addresses]);
    const changed = await api.patch("merge-patch", `/api/v1/nodes/${name}`, {
      spec: { podCIDR: "10.1.2.0/24", podCIDRs: ["10.1.2.0/24"] },
    });
    expect(changed.status).toBe(422);
    expect((await api.delete(`/api/v1/nodes/${name}`)).status).toBe(200);
  });
});

describe("a Secret", () => {
  test("takes text and gives base64", async () => {
    const { data, stringData, type } = await api.make(`${core}/secrets`, { metadata: { name: "s" }, stringData: { a: "b" } });
    expect([data, stringData, type]).toEqual([{ a: "Yg==" }, undefined, "Opaque"]);
  });

  test("of data that is not base64, or of a key that is no file's name, is refused", async () => {
    expect((await api.post(`${core}/secrets`, { metadata: { name: "b" }, data: { a: "not base64!" } })).status).toBe(400);
    const key = await api.post(`${core}/secrets`, { metadata: { name: "k" }, stringData: { "a/b": "c" } });
    expect([key.status, key.body.details.causes[0].field]).toEqual([422, "data[a/b]"]);
  });

  test("that says it is immutable stays as it is", async () => {
    await api.make(`${core}/secrets`, { metadata: { name: "fixed" }, stringData: { a: "b" }, immutable: true });
    const { status, body } = await api.patch("merge-patch", `${core}/secrets/fixed`, { stringData: { a: "c" } });
    expect([status, body.reason]).toEqual([422, "Invalid"]);
  });
});

describe("the other kinds", () => {
  test("a Lease keeps microseconds", async () => {
    const at = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const spec = {
      holderIdentity: "a",
      leaseDurationSeconds: 15,
      acquireTime: "2026-01-01T00:00:00.000001Z",
      renewTime: "2026-01-01T00:00:00.123456Z",
      leaseTransitions: 0,
    };
    expect((await api.make(at, { metadata: { name: "l" }, spec })).spec).toEqual(spec);
    expect((await api.patch("merge-patch", `${at}/l`, { spec: { leaseDurationSeconds: 0 } })).status).toBe(422);
  });

  test("an EndpointSlice keeps its endpoints, and its address type cannot change", async () => {
    const at = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
    const slice = {
      metadata: { name: "e", labels: { "kubernetes.io/service-name": "x" } },
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.1.0.9"], conditions: { ready: true }, nodeName: "n1" }],
      ports: [{ name: "http", port: 80 }],
    };
    const made = await api.make(at, slice);
    expect([made.endpoints, made.ports]).toEqual([slice.endpoints, [{ name: "http", port: 80, protocol: "TCP" }]]);
    expect((await api.patch("merge-patch", `${at}/e`, { addressType: "IPv6" })).status).toBe(422);
  });

  test("an Event of events.k8s.io is one of the core, too", async () => {
    const regarding = { apiVersion: "v1", kind: "Pod", name: "p", namespace };
    const event = {
      metadata: { name: "e" },
      eventTime: "2026-01-01T00:00:00.000001Z",
      reportingController: "strait.io/x",
      reportingInstance: "y",
      action: "Act",
      reason: "Because",
      type: "Warning",
      regarding,
      note: "so it is",
    };
    await api.make(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`, event);
    const { body } = await api.get(`${core}/events/e`);
    expect([body.kind, body.involvedObject, body.message, body.reportingComponent]).toEqual([
      "Event",
      regarding,
      "so it is",
      "strait.io/x",
    ]);
    const found = await api.get(`${core}/events`, { fieldSelector: "involvedObject.name=p,type=Warning" });
    expect(found.body.items).toHaveLength(1);
  });

  test("a DaemonSet and a Deployment get their defaults, and their selectors cannot change", async () => {
    const labels = { app: "a" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "x" }] } };
    const spec = { selector: { matchLabels: labels }, template };
    const set = await api.make(`/apis/apps/v1/namespaces/${namespace}/daemonsets`, { metadata: { name: "d" }, spec });
    expect(set.spec.updateStrategy).toEqual({ type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } });
    expect([set.metadata.generation, set.spec.revisionHistoryLimit]).toEqual([1, 10]);
    const deployment = await api.make(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: "d" },
      spec: { ...spec, replicas: 0 },
    });
    expect(deployment.spec.strategy).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" },
    });
    const other = await api.patch("merge-patch", `/apis/apps/v1/namespaces/${namespace}/daemonsets/d`, {
      spec: { selector: { matchLabels: { app: "b" } } },
    });
    expect(other.status).toBe(422);
    const mismatch = await api.post(`/apis/apps/v1/namespaces/${namespace}/daemonsets`, {
      metadata: { name: "m" },
      spec: { ...spec, selector: { matchLabels: { app: "b" } } },
    });
    expect([mismatch.status, mismatch.body.details.causes[0].field]).toEqual([422, "spec.template.metadata.labels"]);
  });
});

describe("a port", () => {
  const refusal = async (path: string, body: Json) => {
    const answer = await api.post(path, body, { dryRun: "All" });
    const causes: Json[] = answer.body.details?.causes ?? [];
    return [answer.status, ...causes.map(({ field, message, reason }) => `${field}: ${reason}: ${message}`)];
  };
  const range = "must be between 1 and 65535, inclusive";
  const protocol = 'FieldValueNotSupported: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"';

  test.each<[string, Json, string[]]>([
    ["in range", { containerPort: 65535, protocol: "UDP" }, []],
    ["out of range", { containerPort: 65536 }, [`containerPort: FieldValueInvalid: Invalid value: 65536: ${range}`]],
    ["without a number", { name: "http" }, ["containerPort: FieldValueRequired: Required value"]],
    ["of an unknown protocol", { containerPort: 1, protocol: "ICMP" }, [`protocol: ${protocol}`]],
    [
      "on the host out of range",
      { containerPort: 1, hostPort: -1 },
      [`hostPort: FieldValueInvalid: Invalid value: -1: ${range}`],
    ],
  ])("of a container %s is judged", async (_name, port, faults) => {
    const labels = { app: "ports" };
    const spec = { containers: [{ name: "c", image: "i", ports: [port] }] };
    const set = {
      metadata: { name: "ports" },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
    const at = "spec.template.spec.containers[0].ports[0]";
    expect(await refusal(`/apis/apps/v1/namespaces/${namespace}/daemonsets`, set)).toEqual([
      faults.length === 0 ? 201 : 422,
      ...faults.map((fault) => `${at}.${fault}`),
    ]);
  });

  test.each<[string, Json, string[]]>([
    ["in range", { port: 1, protocol: "SCTP" }, []],
    ["out of range", { port: 65536, targetPort: 80 }, [`port: FieldValueInvalid: Invalid value: 65536: ${range}`]],
    ["of an unknown protocol", { port: 80, protocol: "ICMP" }, [`protocol: ${protocol}`]],
  ])("of a Service %s is judged", async (_name, port, faults) => {
    expect(await refusal(`${core}/services`, { metadata: { name: "ports" }, spec: { ports: [port] } })).toEqual([
      faults.length === 0 ? 201 : 422,
      ...faults.map((fault) => `spec.ports[0].${fault}`),
    ]);
  });
});
