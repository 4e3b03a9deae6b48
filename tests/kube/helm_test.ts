// SPDX-License-Identifier: Apache-2.0
/** The chart, read by the real helm and judged by the real API server: the same objects as `strait join` makes. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureKube, type KubeBinaries, output } from "@strait/lab";
import { type JoinSettings, memberManifests, namespaceObject, exampleSettings as settingsOf } from "@strait/manifests";
import { parseAllDocuments } from "yaml";
import { apiOf } from "./support/api.ts";
import { sharedPlane } from "./support/plane.ts";

const CHART = new URL("../../deploy/helm/strait", import.meta.url).pathname;

/** Without a server, helm takes the oldest it knows for the cluster's. */
const KUBE_VERSION = "v1.22.0";
const TEMPLATE = ["template", "strait", CHART, "--kube-version", KUBE_VERSION];

const EXAMPLE = settingsOf({ repository: "localhost" });
const EXAMPLE_TOKEN = "TOKEN";

interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

let kube: KubeBinaries;
let folder: string;

beforeAll(async () => {
  kube = await ensureKube();
  folder = mkdtempSync(join(tmpdir(), "strait-helm-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The chart's values that say what these settings say. */
function valuesOf(settings: JoinSettings, token = EXAMPLE_TOKEN) {
  return {
    clusterId: settings.clusterId,
    podCidrs: settings.podCidrs,
    serviceCidrs: settings.serviceCidrs,
    broker: {
      server: settings.broker.apiServer,
      namespace: settings.broker.namespace,
      token,
      insecure: settings.broker.insecure,
    },
    image: { repository: `${settings.repository}/strait`, tag: settings.version },
    cable: { driver: settings.cableDriver, port: settings.nattPort },
    natEnabled: settings.natEnabled,
    airGapped: settings.airGapped,
    olderKernels: settings.olderKernels,
    debug: settings.debug,
    delivery: settings.delivery,
    healthCheck: settings.healthCheck,
  };
}

/** helm with a folder of its own; `values` are given as a file. */
async function helm(args: readonly string[], values?: object) {
  const env = { HOME: folder, HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
  const file = join(folder, `${crypto.randomUUID()}.json`);
  if (values) writeFileSync(file, JSON.stringify(values));
  return output([kube.helm, ...args, ...(values ? ["--values", file] : [])], { env, signal: AbortSignal.timeout(60_000) });
}

async function rendered(values: object, namespace = EXAMPLE.namespace): Promise<KubeObject[]> {
  const { code, stdout, stderr } = await helm([...TEMPLATE, "--namespace", namespace], values);
  if (code !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

const sorted = (objects: readonly object[]) =>
  (objects as KubeObject[])
    .map((object) => ({ key: `${object.kind} ${object.metadata.name}`, object: JSON.parse(JSON.stringify(object)) as unknown }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));

test("helm lint has nothing to say", async () => {
  const { code, stdout, stderr } = await helm(["lint", "--strict", "--kube-version", KUBE_VERSION, CHART], valuesOf(EXAMPLE));
  expect([code, /\[(WARNING|ERROR)\].*/.exec(stdout + stderr)?.[0]]).toEqual([0, undefined]);
});

test.each<[string, Partial<JoinSettings>]>([
  ["as they are", {}],
  ["with both families", { podCidrs: ["10.1.0.0/16", "fd01::/48"], serviceCidrs: ["10.101.0.0/16", "fd01:1::/112"] }],
  ["without pod CIDRs", { podCidrs: [] }],
  [
    "with every other value changed",
    {
      namespace: "strait",
      clusterId: "w-3",
      nattPort: 4501,
      natEnabled: false,
      airGapped: true,
      olderKernels: true,
      debug: true,
      delivery: "stack",
      healthCheck: { enabled: false, intervalSeconds: 7, maxPacketLossCount: 9 },
      broker: { apiServer: "[fd00::1]:443", namespace: "b", insecure: true },
      repository: "registry.example:5000/team",
      version: "1.2.3-rc.1",
    },
  ],
])("the chart %s makes the objects of strait join", async (_, changed) => {
  const settings = { ...EXAMPLE, ...changed };
  const wanted = memberManifests(settings, EXAMPLE_TOKEN).filter(({ kind }) => kind !== "Namespace");
  expect(sorted(await rendered(valuesOf(settings), settings.namespace))).toEqual(sorted(wanted));
});

test("the chart's own knobs reach both DaemonSets", async () => {
  const requests = { cpu: "7m", memory: "77Mi" };
  const objects = await rendered({
    ...valuesOf(EXAMPLE),
    image: { repository: "localhost/strait", tag: "9", pullPolicy: "Never" },
    gateway: { resources: { requests } },
    routeagent: { resources: { requests, limits: { memory: "1Gi" } } },
    priorityClassName: "mine",
    tolerations: [{ key: "a", operator: "Exists", effect: "NoSchedule" }],
  });
  const pods = objects.filter(({ kind }) => kind === "DaemonSet").map((set) => (set as unknown as SetShape).spec.template.spec);
  expect(pods).toHaveLength(2);
  for (const pod of pods) {
    expect(pod.priorityClassName).toBe("mine");
    expect(pod.tolerations).toEqual([{ key: "a", operator: "Exists", effect: "NoSchedule" }]);
    expect(pod.containers[0]).toMatchObject({ image: "localhost/strait:9", imagePullPolicy: "Never", resources: { requests } });
  }
});

interface SetShape {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly priorityClassName: string;
        readonly tolerations: unknown;
        readonly containers: readonly object[];
      };
    };
  };
}

test("a Secret that is there already is left to its owner", async () => {
  const values = valuesOf(EXAMPLE, "");
  const objects = await rendered({ ...values, broker: { ...values.broker, existingSecret: true } });
  expect(objects.filter(({ kind }) => kind === "Secret")).toEqual([]);
});

test.each<[string, object, string]>([
  ["no cluster id", { clusterId: "" }, "/clusterId"],
  ["a cluster id with capitals", { clusterId: "East" }, "/clusterId"],
  ["no Service CIDRs", { serviceCidrs: [] }, "/serviceCidrs"],
  ["a pod CIDR without a length", { podCidrs: ["10.1.0.0"] }, "/podCidrs/0"],
  ["a port out of range", { cable: { port: 70_000 } }, "/cable/port"],
  ["a driver that is not there", { cable: { driver: "pigeon" } }, "/cable/driver"],
  ["a broker with a scheme", { broker: { server: "https://broker.example:6443" } }, "/broker/server"],
  ["a truth value as a text", { natEnabled: "yes" }, "/natEnabled"],
  ["an unknown value", { natEnable: false }, "natEnable"],
  ["an unknown value inside", { gateway: { replicas: 2 } }, "replicas"],
  ["a pull policy that is none", { image: { pullPolicy: "Sometimes" } }, "/image/pullPolicy"],
  ["no token", { broker: { token: "" } }, "broker.token is empty: take it from Secret cluster-ID-token on the broker"],
])("helm refuses %s and names the value", async (_, bad, named) => {
  const good = valuesOf(EXAMPLE) as unknown as Record<string, object>;
  const values = { ...good };
  for (const [key, value] of Object.entries(bad)) {
    values[key] = typeof value === "object" && !Array.isArray(value) ? { ...good[key], ...value } : value;
  }
  const { code, stderr } = await helm(TEMPLATE, values);
  expect(code).not.toBe(0);
  expect(stderr).toContain(named);
});

test("helm installs, upgrades and uninstalls the chart on a real API server, which validates every object strictly", async () => {
  const plane = await sharedPlane();
  const api = await apiOf(plane.kubeconfig);
  const namespace = "strait-by-helm";
  await api.make("/api/v1/namespaces", namespaceObject(namespace));
  const where = ["--kubeconfig", plane.kubeconfig, "--namespace", namespace];
  const settings = { ...EXAMPLE, namespace };
  const run = async (args: readonly string[], values?: object) => {
    const { code, stdout, stderr } = await helm([...args, ...where], values);
    if (code !== 0) throw new Error(`helm ${args.join(" ")}: ${stderr}`);
    expect(stderr).not.toContain("Warning");
    return stdout;
  };
  const sets = `/apis/apps/v1/namespaces/${namespace}/daemonsets`;
  try {
    expect(await run(["install", "strait", CHART], valuesOf(settings))).toContain(
      "kubectl label node NAME submariner.io/gateway=true",
    );
    const applied = await api.get(sets);
    expect(applied.body.items.map(({ metadata }: KubeObject) => metadata.name)).toEqual([
      "submariner-gateway",
      "submariner-routeagent",
    ]);
    // What strait join applies differs in nothing that the server would take.
    for (const object of memberManifests(settings, EXAMPLE_TOKEN)) {
      const path = pathOf(object);
      const query = { fieldManager: "test", force: true, dryRun: "All", fieldValidation: "Strict" };
      const tried = await api.patch("apply-patch", path, object, query);
      expect([path, tried.status, tried.headers.get("warning")]).toEqual([path, 200, null]);
      const before = await api.get(path);
      expect([path, tried.body.metadata.generation]).toEqual([path, before.body.metadata.generation]);
    }
    await run(["upgrade", "strait", CHART], valuesOf({ ...settings, version: "9.9.9" }));
    const [set] = (await api.get(sets)).body.items;
    expect(set.spec.template.spec.containers[0].image).toBe("localhost/strait:9.9.9");
    await run(["rollback", "strait", "1"]);
    await run(["uninstall", "strait", "--wait"]);
    expect((await api.get(sets)).body.items).toEqual([]);
    const roles = (await api.get("/apis/rbac.authorization.k8s.io/v1/clusterroles")).body.items;
    expect(roles.filter(({ metadata }: KubeObject) => metadata.name.startsWith("submariner-"))).toEqual([]);
  } finally {
    await helm(["uninstall", "strait", ...where]);
    await api.delete(`/api/v1/namespaces/${namespace}`);
  }
}, 120_000);

const PLURALS: Readonly<Record<string, string>> = {
  Namespace: "namespaces",
  ServiceAccount: "serviceaccounts",
  Role: "roles",
  RoleBinding: "rolebindings",
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
  Secret: "secrets",
  Submariner: "submariners",
  DaemonSet: "daemonsets",
};

function pathOf({ apiVersion, kind, metadata }: KubeObject): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}${metadata.namespace ? `/namespaces/${metadata.namespace}` : ""}/${PLURALS[kind]}/${metadata.name}`;
}
