// SPDX-License-Identifier: Apache-2.0
/**
 * What stops a `strait join`, each way: one sentence that says what is wrong and what to do, within the command's own limits (10 s for
 * an answer, 10 s for an app that is stuck), and nothing made that stands in the way of the next try. The API server is the lane's, light or real; there are no nodes but objects.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlPlane, kubeConfig, output, startControlPlane, wantedKind } from "@strait/lab";
import { formatJoinFile, type JoinFile, must, parseJoinFile } from "@strait/model";
import { type Api, apiOf, type Json } from "../kube/support/api.ts";

/** What the command says when it gives up by itself, and not because its time is over: 10 s after it has seen that waiting is no use. */
const GIVES_UP = "submariner-routeagent is not ready, and has been stuck for 10 s";
const CLI = new URL("../../apps/cli/main.ts", import.meta.url).pathname;
const NAMESPACE = "submariner-operator";
const BROKER = "submariner-k8s-broker";

let plane: ControlPlane;
let api: Api;
let folder: string;
let file: JoinFile;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "strait-join-"));
  plane = await startControlPlane({ kind: wantedKind(), dir: join(folder, "plane"), serviceCidrs: ["10.96.0.0/16"] });
  api = await apiOf(plane.kubeconfig);
  await makeNode("w1", ["10.1.0.0/24"]);
  const { code, text } = await strait("deploy-broker", "--file", join(folder, "good.subm"));
  if (code !== 0) throw new Error(text);
  file = must(parseJoinFile(await readFile(join(folder, "good.subm"), "utf8")));
}, 120_000);

afterAll(async () => {
  await plane?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function makeNode(name: string, podCIDRs: readonly string[]): Promise<void> {
  const spec = podCIDRs.length === 0 ? {} : { podCIDR: podCIDRs[0], podCIDRs };
  await api.make("/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name }, spec });
  const conditions = [{ type: "Ready", status: "True", reason: "Test", lastHeartbeatTime: null, lastTransitionTime: null }];
  await api.patch("merge-patch", `/api/v1/nodes/${name}/status`, { status: { conditions } });
}

/** One command line with this cluster's kubeconfig, or another. */
async function strait(...argv: readonly string[]) {
  return straitWith(plane.kubeconfig, argv);
}

async function straitWith(kubeconfig: string, argv: readonly string[]) {
  const env = { KUBECONFIG: kubeconfig, HOME: folder };
  const { code, stdout, stderr } = await output([process.execPath, "run", CLI, ...argv], { env });
  return { code, text: stdout + stderr };
}

/** A join file like the good one but for some of it. */
function fileWith(name: string, change: (good: JoinFile) => JoinFile): string {
  const path = join(folder, `${name}.subm`);
  writeFileSync(path, formatJoinFile(change(file)));
  return path;
}

function withToken(good: JoinFile, data: Readonly<Record<string, string>>): JoinFile {
  const encoded = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));
  return { ...good, clientToken: { ...good.clientToken, data: { ...good.clientToken.data, ...encoded } } };
}

/** The kubeconfig of a new account with these rules. */
async function accountWith(name: string, rules: readonly object[]): Promise<string> {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const group = "rbac.authorization.k8s.io";
  await api.make("/api/v1/namespaces/default/serviceaccounts", { metadata: { name } });
  await api.make(`${rbac}/clusterroles`, { metadata: { name }, rules });
  await api.make(`${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: group, kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", name, namespace: "default" }],
  });
  const asked = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const { status } = await api.make(`/api/v1/namespaces/default/serviceaccounts/${name}/token`, asked);
  const path = join(folder, `${name}.kubeconfig`);
  writeFileSync(path, kubeConfig({ name: "bearer", url: plane.url, ca: api.tls.ca ?? "", user: { token: status.token } }));
  return path;
}

/** Everything a join makes in the cluster that joins, and on the broker for it. */
async function made(): Promise<string[]> {
  const lists = [
    "/api/v1/namespaces",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    `/api/v1/namespaces/${NAMESPACE}/secrets`,
    `/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets`,
    `/api/v1/namespaces/${BROKER}/serviceaccounts`,
  ];
  const names = await Promise.all(
    lists.map(async (path) => (await api.get(path)).body.items.map(({ metadata }: Json) => `${path} ${metadata.name}`)),
  );
  const labels = (await api.get("/api/v1/nodes")).body.items.flatMap(({ metadata }: Json) => Object.keys(metadata.labels ?? {}));
  return [...names.flat(), ...labels].filter((name) => /submariner|cluster-east/.test(name)).sort();
}

const READS = { apiGroups: ["*"], resources: ["*"], verbs: ["get", "list", "watch"] };

interface Case {
  /** Flags and what else is done before; gives the join's own arguments and the kubeconfig, where it is another. */
  readonly prepare: () => Promise<{ readonly argv: readonly string[]; readonly kubeconfig?: string }>;
  readonly after?: () => Promise<unknown>;
  readonly says: readonly string[];
}

const good = () => join(folder, "good.subm");

const cases: Readonly<Record<string, Case>> = {
  "a kubeconfig that may do nothing": {
    prepare: async () => ({ argv: [good()], kubeconfig: await accountWith("nobody", []) }),
    says: [
      "may not",
      "create namespaces",
      "patch nodes",
      "list customresourcedefinitions.apiextensions.k8s.io",
      "create daemonsets.apps",
      "nothing was changed",
    ],
  },
  "a kubeconfig that may only read": {
    prepare: async () => ({ argv: [good()], kubeconfig: await accountWith("reader", [READS]) }),
    says: ["may not", "create customresourcedefinitions.apiextensions.k8s.io", "ask the cluster's administrator"],
  },
  "a kubeconfig of a user the cluster does not know": {
    prepare: async () => {
      const path = join(folder, "stranger.kubeconfig");
      writeFileSync(path, kubeConfig({ name: "bearer", url: plane.url, ca: api.tls.ca ?? "", user: { token: "gone" } }));
      return { argv: [good()], kubeconfig: path };
    },
    says: ["Unauthorized", "it does not know the kubeconfig's user: log in again"],
  },
  "a join file that is cut off": {
    prepare: async () => {
      const path = join(folder, "cut.subm");
      writeFileSync(path, (await readFile(good(), "utf8")).slice(0, 400));
      return { argv: [path] };
    },
    says: ["cut.subm: the join file is cut off", "give the whole broker-info.subm that deploy-broker wrote"],
  },
  "a join file whose token has expired": {
    prepare: async () => ({ argv: [fileWith("expired", (own) => withToken(own, { token: "once.good.token" }))] }),
    says: ["Looking at the broker", "has expired", "strait recover-broker-info"],
  },
  "a join file of another broker, by its authority": {
    prepare: async () => {
      const ca = await Bun.file(new URL("support/other_authority.pem", import.meta.url)).text();
      return { argv: [fileWith("other", (own) => withToken(own, { "ca.crt": ca }))] };
    },
    says: ["Looking at the broker", "is the file another broker's?"],
  },
  "a broker that nobody answers for": {
    prepare: async () => ({ argv: [good(), "--broker-url", "https://127.0.0.1:9"] }),
    says: ["the broker at https://127.0.0.1:9", "--broker-url"],
  },
  "a cluster id that is taken": {
    prepare: async () => {
      await memberOnBroker("east", "10.77.0.0/16");
      return { argv: [good()] };
    },
    after: () => api.delete(`/apis/submariner.io/v1/namespaces/${BROKER}/clusters/east`),
    says: ['a cluster "east" is a member already: choose another --clusterid'],
  },
  "addresses that another cluster has": {
    prepare: async () => {
      await memberOnBroker("west", "10.1.0.0/16");
      return { argv: [good()] };
    },
    after: () => api.delete(`/apis/submariner.io/v1/namespaces/${BROKER}/clusters/west`),
    says: ['10.1.0.0/24 overlaps 10.1.0.0/16 of cluster "west"'],
  },
  "pod CIDRs that cannot be found out": {
    prepare: async () => {
      await api.delete("/api/v1/nodes/w1");
      await makeNode("bare", []);
      return { argv: [good()] };
    },
    after: async () => {
      await api.delete("/api/v1/nodes/bare");
      await makeNode("w1", ["10.1.0.0/24"]);
    },
    says: ["the pod CIDRs cannot be found out: say --clustercidr SUBNETS"],
  },
  "definitions of a later version that do not serve this one's kinds": {
    prepare: async () => {
      await reviseDefinition({ revision: "99", served: false });
      return { argv: [good()] };
    },
    after: () => reviseDefinition({ revision: null, served: true }),
    says: [
      "definition gateways.submariner.io is of a later version of Strait (definitions 99, this one knows",
      "does not serve v1",
      "use that version or a later one",
    ],
  },
  "a namespace that keeps pods off the host's network": {
    prepare: async () => {
      const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
      await api.make("/api/v1/namespaces", { metadata: { name: "strict", labels } });
      return { argv: [good(), "--namespace", "strict"] };
    },
    says: [
      'namespace strict enforces the pod security level "restricted"',
      "kubectl label --overwrite namespace strict pod-security.kubernetes.io/enforce=privileged",
    ],
  },
};

/** Says of a definition that deploy-broker has installed which set it is of, and whether its v1 is served. */
async function reviseDefinition({ revision, served }: { readonly revision: string | null; readonly served: boolean }) {
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gateways.submariner.io";
  const { body } = await api.get(path);
  const annotations = { "strait.io/definitions": revision };
  const [first] = body.spec.versions;
  const later = { ...first, name: "v9", storage: false };
  const versions = served ? [{ ...first, served: true }] : [{ ...first, served: false }, later];
  const { status } = await api.patch("merge-patch", path, { metadata: { annotations }, spec: { versions } });
  expect(status).toBe(200);
}

async function memberOnBroker(id: string, podCidr: string): Promise<void> {
  await api.make(`/apis/submariner.io/v1/namespaces/${BROKER}/clusters`, {
    apiVersion: "submariner.io/v1",
    kind: "Cluster",
    metadata: { name: id, labels: { "submariner-io/clusterID": id } },
    spec: { cluster_id: id, service_cidr: [], cluster_cidr: [podCidr], global_cidr: [], color_codes: ["blue"] },
  });
}

test.each(Object.keys(cases))(
  "join is stopped by %s, with what to do, and makes nothing",
  async (name) => {
    const { prepare, after, says } = cases[name] as Case;
    const before = await made();
    try {
      const { argv, kubeconfig = plane.kubeconfig } = await prepare();
      const { code, text } = await straitWith(kubeconfig, ["join", ...argv, "--clusterid", "east", "--wait=false"]);
      for (const words of says) expect(text).toContain(words);
      expect(code).toBe(1);
      expect(await made()).toEqual(before);
    } finally {
      await after?.();
    }
  },
  60_000,
);

test("join is stopped by servers that take the connection and say nothing, after 10 s, and makes nothing", async () => {
  const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const url = `https://127.0.0.1:${silent.port}`;
  const path = join(folder, "silent.kubeconfig");
  writeFileSync(path, kubeConfig({ name: "bearer", url, ca: api.tls.ca ?? "", user: { token: "any" } }));
  const before = await made();
  try {
    const argv = ["join", good(), "--clusterid", "east", "--wait=false"];
    const [broker, own] = await Promise.all([strait(...argv, "--broker-url", url), straitWith(path, argv)]);
    expect([broker.code, broker.text]).toEqual([
      1,
      expect.stringMatching(/the broker at .*: no answer within 10 s: is it reached from here\? .* --broker-url/),
    ]);
    expect([own.code, own.text]).toEqual([
      1,
      expect.stringMatching(/context "bearer": .*: no answer within 10 s: .* --kubeconfig or --context; nothing was changed/),
    ]);
    expect(await made()).toEqual(before);
  } finally {
    silent.stop(true);
  }
}, 60_000);

test("join works after all of them, twice is harmless, and another broker's file is refused", async () => {
  const argv = ["join", good(), "--clusterid", "east", "--wait=false"];
  const first = await strait(...argv);
  expect([first.code, first.text]).toEqual([0, expect.stringContaining("Deployed gateways and node agents")]);
  const before = await generations();
  const second = await strait(...argv);
  expect([second.code, second.text]).toEqual([0, expect.stringContaining("Deployed gateways and node agents")]);
  expect(await generations()).toEqual(before);

  const other = fileWith("elsewhere", (own) =>
    withToken({ ...own, brokerUrl: "https://other.example:6443" }, { "ca.crt": "another authority" }),
  );
  const third = await strait("join", other, "--clusterid", "east", "--wait=false");
  expect([third.code, third.text]).toEqual([1, expect.stringContaining("run strait uninstall first")]);
  const renamed = await strait("join", good(), "--clusterid", "west", "--wait=false");
  expect([renamed.code, renamed.text]).toEqual([1, expect.stringContaining('this cluster has joined as "east"')]);
}, 60_000);

/** What changes where an object's wish changes. */
async function generations(): Promise<Json> {
  const { body } = await api.get(`/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets`);
  return body.items.map(({ metadata }: Json) => [metadata.name, metadata.uid, metadata.generation]);
}

const waiting = (reason: string, message: string) => ({ waiting: { reason, message } });

test.each<[string, object, string]>([
  [
    "an image that cannot be pulled",
    { state: waiting("ImagePullBackOff", 'Back-off pulling image "registry.example/strait:9"') },
    'strait-test: ImagePullBackOff: Back-off pulling image "registry.example/strait:9"',
  ],
  [
    "an app that ends again and again, with its last line",
    {
      state: waiting("CrashLoopBackOff", "back-off 10s restarting"),
      lastState: { terminated: { exitCode: 1, reason: "Error", message: "one line\nthe kernel has no BTF" } },
      restartCount: 2,
    },
    "the kernel has no BTF",
  ],
])(
  "join that waits names %s, soon",
  async (_, container, says) => {
    const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;
    await api.post(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { metadata: { name: "default" } });
    await api.make(pods, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "strait-test", labels: { app: "submariner-routeagent" } },
      spec: { nodeName: "w1", containers: [{ name: "submariner-routeagent", image: "x" }] },
    });
    try {
      const status = {
        phase: "Pending",
        containerStatuses: [
          { name: "submariner-routeagent", image: "x", imageID: "", ready: false, restartCount: 0, ...container },
        ],
      };
      const patched = await api.patch("merge-patch", `${pods}/strait-test/status`, { status });
      expect(patched.status).toBe(200);
      const { code, text } = await strait("join", good(), "--clusterid", "east");
      expect(text).toContain(GIVES_UP);
      expect(text).toContain(says);
      expect(text).toContain("on node w1");
      expect(code).toBe(1);
    } finally {
      await api.delete(`${pods}/strait-test?gracePeriodSeconds=0`);
    }
  },
  60_000,
);

test("join that waits names why the cluster makes no pods, soon", async () => {
  // A control plane with a DaemonSet controller has made pods for the node.
  await api.delete("/api/v1/nodes/w1");
  await api.delete(`/api/v1/namespaces/${NAMESPACE}/pods`);
  const message = 'pods "submariner-routeagent-" is forbidden: violates PodSecurity "restricted:latest": host namespaces';
  await api.make(`/api/v1/namespaces/${NAMESPACE}/events`, {
    metadata: { name: "refused" },
    involvedObject: { apiVersion: "apps/v1", kind: "DaemonSet", name: "submariner-routeagent", namespace: NAMESPACE },
    type: "Warning",
    reason: "FailedCreate",
    message,
  });
  const argv = ["join", good(), "--clusterid", "east", "--clustercidr", "10.1.0.0/24", "--label-gateway=false"];
  const { code, text } = await strait(...argv);
  expect(text).toContain(GIVES_UP);
  expect(text).toContain(`no pod of submariner-routeagent was made: ${message}`);
  expect(code).toBe(1);
}, 60_000);
