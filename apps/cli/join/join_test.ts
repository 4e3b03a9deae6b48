// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ApiClient,
  BROKER,
  ClusterKind,
  DaemonSetKind,
  NamespaceKind,
  NodeKind,
  SecretKind,
  ServiceAccountKind,
  SubmarinerKind,
} from "@strait/k8s";
import { NAMES } from "@strait/manifests";
import { formatJoinFile, type JoinFile, must, parseJoinFile } from "@strait/model";
import { type Clusterset, type Place, startClusterset } from "../testing/clusterset.ts";

const namespace = BROKER.namespace;
let set: Clusterset;
let foreign: Clusterset;
let file: JoinFile;
let foreignFile: JoinFile;

const joinFileOf = async (one: Clusterset): Promise<JoinFile> => {
  await one.run(one.broker, ["deploy-broker", "--file", "{dir}/broker-info.subm"]);
  return must(parseJoinFile(readFileSync(join(one.dir, "broker-info.subm"), "utf8")));
};

beforeAll(async () => {
  [set, foreign] = await Promise.all([
    startClusterset({
      east: { pods: "10.1.0.0/16", services: "100.1.0.0/16" },
      west: { pods: "10.2.0.0/16", services: "100.2.0.0/16" },
      double: { pods: "10.1.128.0/17", services: "100.3.0.0/16" },
    }),
    startClusterset({}),
  ]);
  [file, foreignFile] = await Promise.all([joinFileOf(set), joinFileOf(foreign)]);
}, 60_000);
afterAll(() => Promise.all([set[Symbol.asyncDispose](), foreign[Symbol.asyncDispose]()]));

const place = (name: string): Place => {
  const found = set.clusters[name];
  if (!found) throw new Error(`there is no cluster ${name}`);
  return found;
};
const joinAs = (name: string, ...more: string[]) =>
  set.run(place(name), ["join", "{dir}/broker-info.subm", "--clusterid", name, "--wait=false", ...more]);
const isThere = async (name: string) => (await place(name).client.resource(NamespaceKind).get(NAMES.namespace)) !== undefined;
const accountOf = (id: string) => set.broker.client.resource(ServiceAccountKind).get(`cluster-${id}`, { namespace });

test("strait join --dry-run prints the objects and changes neither the cluster nor the broker", async () => {
  const { code, out, err } = await joinAs("east", "--dry-run");
  expect(code).toBe(0);
  const kinds = (JSON.parse(out) as { kind: string }[]).map(({ kind }) => kind);
  expect(kinds).toContain("Submariner");
  expect(kinds.filter((kind) => kind === "DaemonSet").length).toBe(2);
  expect(kinds).not.toContain("Secret");
  expect(err).toContain(" ✓ Pod CIDRs: 10.1.0.0/16 (");
  expect(await isThere("east")).toBe(false);
  expect(await accountOf("east")).toBeUndefined();
});

test("strait join makes the account, the objects and a gateway, and says so", async () => {
  const { code, out, err } = await joinAs("east");
  expect([code, err]).toEqual([0, ""]);
  for (const line of [
    " ✓ Service CIDRs: 100.1.0.0/16 (",
    " ✓ The broker has no other member yet\n",
    " ✓ The broker knows cluster east\n",
    " ✓ Created accounts and credentials in namespace submariner-operator\n",
    " ✓ Labelled node east-node as gateway\n",
    " ✓ Deployed gateways and node agents\n",
  ])
    expect(out).toContain(line);
  const { client } = place("east");
  const own = { namespace: NAMES.namespace };
  expect((await client.resource(SubmarinerKind).get(NAMES.submariner, own))?.spec).toMatchObject({
    clusterID: "east",
    brokerK8sApiServer: file.brokerUrl.slice("https://".length),
  });
  const sets = (await client.resource(DaemonSetKind).list(own)).items.map(({ metadata }) => metadata.name);
  expect(sets.sort()).toEqual([NAMES.gateway, NAMES.routeagent]);
  expect((await client.resource(NodeKind).get("east-node"))?.metadata.labels?.[NAMES.gatewayLabel]).toBe("true");
  expect((await client.resource(SecretKind).get(NAMES.pskSecret, own))?.data).toEqual(file.ipsecPsk?.data as never);
});

test("the credential that strait join leaves in a cluster is the member's own, not that of the join file", async () => {
  await joinAs("east");
  const secret = await place("east").client.resource(SecretKind).get(NAMES.brokerSecret, { namespace: NAMES.namespace });
  const text = (key: string) => Buffer.from(secret?.data?.[key] ?? "", "base64").toString();
  const member = new ApiClient({
    server: file.brokerUrl,
    tls: { ca: text("ca.crt") },
    token: () => Promise.resolve(text("token")),
    origin: "the member's Secret",
  });
  try {
    const clusterOf = (id: string) => ({
      metadata: { name: id, namespace, labels: { "submariner-io/clusterID": id } },
      spec: { cluster_id: id, service_cidr: [], cluster_cidr: [], global_cidr: [] },
    });
    await member.resource(ClusterKind).create(clusterOf("east") as never);
    await expect(member.resource(ClusterKind).create(clusterOf("west") as never)).rejects.toThrow(
      "cluster east may write the Cluster east only",
    );
    await expect(member.resource(SecretKind).list({ namespace })).rejects.toThrow("cannot list resource");
    await member.resource(ClusterKind).delete("east", { namespace });
  } finally {
    member.close();
  }
});

test("strait join a second time changes nothing that runs", async () => {
  await joinAs("east");
  const { client } = place("east");
  const versions = async () =>
    (await client.resource(DaemonSetKind).list({ namespace: NAMES.namespace })).items.map(({ metadata }) => [
      metadata.name,
      metadata.generation,
      metadata.resourceVersion,
    ]);
  const before = await versions();
  const { code } = await joinAs("east");
  expect(code).toBe(0);
  expect(await versions()).toEqual(before);
});

test("strait join -o json prints one document on stdout", async () => {
  const { code, out } = await joinAs("east", "-o", "json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    ok: true,
    clusterId: "east",
    podCidrs: ["10.1.0.0/16"],
    serviceCidrs: ["100.1.0.0/16"],
  });
});

test("strait join refuses another id for a cluster that has joined", async () => {
  await joinAs("east");
  const { code, out } = await joinAs("east", "--clusterid", "orient");
  expect(code).toBe(1);
  expect(out).toContain('this cluster has joined as "east": say --clusterid east, or run strait uninstall first');
  expect(await accountOf("orient")).toBeUndefined();
});

test("strait join refuses an id that another cluster has, and subnets that overlap, before it changes anything", async () => {
  const announced = {
    metadata: { name: "taken", namespace },
    spec: { cluster_id: "taken", service_cidr: ["100.1.0.0/16"], cluster_cidr: ["10.1.0.0/16"], global_cidr: [] },
  };
  const clusters = set.broker.client.resource(ClusterKind);
  await clusters.create(announced as never);
  try {
    const taken = await joinAs("west", "--clusterid", "taken");
    expect(taken.code).toBe(1);
    expect(taken.out).toContain('a cluster "taken" is a member already: choose another --clusterid');
    const overlapping = await joinAs("double");
    expect(overlapping.code).toBe(1);
    expect(overlapping.out).toContain('10.1.128.0/17 overlaps 10.1.0.0/16 of cluster "taken"');
    expect([await isThere("west"), await isThere("double"), await accountOf("double")]).toEqual([false, false, undefined]);
  } finally {
    await clusters.delete("taken", { namespace });
  }
});

test("strait join reads the join file of upstream's subctl, without a key too", async () => {
  const upstream = {
    brokerURL: file.brokerUrl,
    ClientToken: { ...file.clientToken, metadata: { ...file.clientToken.metadata, creationTimestamp: null } },
    IPSecPSK: null,
    ServiceDiscovery: true,
    Components: ["service-discovery", "connectivity"],
    CustomDomains: null,
  };
  writeFileSync(join(set.dir, "upstream.subm"), Buffer.from(JSON.stringify(upstream)).toString("base64url"));
  const argv = ["join", "{dir}/upstream.subm", "--clusterid", "west", "--wait=false"];
  expect(await set.run(place("west"), argv)).toMatchObject({ code: 0, err: "" });
  expect(await accountOf("west")).toBeDefined();
  expect(await place("west").client.resource(SecretKind).get(NAMES.pskSecret, { namespace: NAMES.namespace })).toBeUndefined();
});

const withData = (more: Readonly<Record<string, string>>): string =>
  formatJoinFile({ ...file, clientToken: { ...file.clientToken, data: { ...file.clientToken.data, ...more } } });
const base64 = (text: string): string => Buffer.from(text).toString("base64");

test.each<[string, () => string, string]>([
  ["that was cut off", () => formatJoinFile(file).slice(0, 400), "the join file"],
  ["that is text", () => "apiVersion: v1\nkind: Config\n", "the join file is no base64"],
  ["that is empty", () => "", "the join file is no base64"],
  [
    "with a token that the broker does not know",
    () => withData({ token: base64("wrong") }),
    "does not know the join file's token",
  ],
  [
    "with another broker's token",
    () => withData({ token: foreignFile.clientToken.data["token"] ?? "" }),
    "does not know the join file's token",
  ],
  [
    "with another authority",
    () => withData({ "ca.crt": foreignFile.clientToken.data["ca.crt"] ?? "" }),
    "authority has not signed its certificate",
  ],
  [
    "of a broker that nobody answers for",
    () => formatJoinFile({ ...file, brokerUrl: "https://127.0.0.1:1" }),
    "is it reached from here? Name another address with --broker-url",
  ],
  [
    "of a broker without TLS",
    () => formatJoinFile({ ...file, brokerUrl: "http://127.0.0.1:1" }),
    "write it like https://broker.example.com:6443",
  ],
])("strait join with a file %s is refused with a sentence and changes nothing", async (_name, text, sentence) => {
  writeFileSync(join(set.dir, "bad.subm"), text());
  const { code, out, err } = await set.run(place("double"), ["join", "{dir}/bad.subm", "--clusterid", "double", "--wait=false"]);
  expect(code).toBeGreaterThan(0);
  expect(out + err).toContain(sentence);
  expect(
    `${out}${err}`
      .trimEnd()
      .split("\n")
      .filter((line) => line.includes("✗") || line.startsWith("strait:")).length,
  ).toBe(1);
  expect(await isThere("double")).toBe(false);
});

test("strait join asks for the id, and refuses to guess one", async () => {
  const argv = ["join", "{dir}/broker-info.subm", "--dry-run"];
  const asked: string[] = [];
  const answer = (question: string) => {
    asked.push(question);
    return "double";
  };
  expect((await set.run(place("double"), argv, { ask: answer })).code).toBe(0);
  expect(asked).toEqual(['What is the id of cluster "double" in the clusterset?']);
  expect(await set.run(place("double"), argv)).toMatchObject({
    code: 2,
    err: "strait: the cluster has no id: say --clusterid NAME\n",
  });
  const { code, err } = await set.run(place("double"), [...argv, "--clusterid", "Not_A_Name"]);
  expect(code).toBe(2);
  expect(err).toContain("strait: --clusterid: ");
});
