// SPDX-License-Identifier: Apache-2.0
/** The lab's own cluster: what its stand-ins for kubelet, scheduler and kube-proxy do, by which the other tests here stand. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { createLab, findLeftovers, type KubeCluster, labObstacle, nothingLeft, type Place, wantedKind } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { until } from "./support/until.ts";

interface PodObject {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly restartCount: number;
      readonly state: {
        readonly terminated?: { readonly exitCode: number; readonly message?: string };
        readonly waiting?: { readonly reason: string; readonly message?: string };
      };
    }[];
  };
}

describeIf(labObstacle())("a cluster of the lab", () => {
  const make = () =>
    createLab({
      kubernetes: wantedKind(),
      clusters: [{ id: "east", kubernetes: true, nodes: [{ name: "gw1", gateway: true }, { name: "w1" }] }],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  let east: KubeCluster;

  beforeAll(async () => {
    lab = await make();
    east = lab.kube("east");
  }, 120_000);
  afterAll(() => lab[Symbol.asyncDispose]());

  const path = (kind: string, name = "") => `/api/v1/namespaces/default/${kind}${name && `/${name}`}`;
  const get = async (name: string) => (await east.request({ method: "GET", path: path("pods", name) })) as PodObject;
  const create = (kind: string, body: object) => east.request({ method: "POST", path: path(kind), body });
  const remove = (kind: string, name: string) => east.request({ method: "DELETE", path: path(kind, name) });
  /** A pod that runs a shell script once. */
  const script = (name: string, text: string, more: { readonly spec?: object; readonly container?: object } = {}) =>
    create("pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 1,
        containers: [{ name: "main", image: "any", command: ["sh", "-c", text], ...more.container }],
        ...more.spec,
      },
    });
  const ended = (name: string) =>
    until(`pod ${name} to end`, async () => {
      const pod = await get(name);
      return ["Succeeded", "Failed"].includes(pod.status?.phase ?? "") && pod;
    });
  const lastWords = async (name: string) => (await ended(name)).status?.containerStatuses?.[0]?.state.terminated;

  test("registers its nodes with addresses and pod ranges, ready", async () => {
    const { w1 } = lab.clusters.east.nodes;
    const node = await until("w1 to be ready", async () => {
      const seen = (await east.request({ method: "GET", path: "/api/v1/nodes/w1" })) as {
        readonly spec: object;
        readonly status?: { readonly addresses?: readonly object[]; readonly conditions?: readonly object[] };
      };
      return seen.status?.conditions && seen;
    });
    expect(node.spec).toMatchObject({ podCIDRs: w1.subnets });
    expect(node.status?.addresses).toContainEqual({ type: "InternalIP", address: w1.address(4) });
    expect(node.status?.addresses).toContainEqual({ type: "InternalIP", address: w1.address(6) });
    expect(node.status?.conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
  });

  test("spreads pods over its nodes and says their addresses", async () => {
    await east.createPod({ name: "a" });
    await east.createPod({ name: "b" });
    const places = await Promise.all(["a", "b"].map((name) => east.pod(name)));
    expect(new Set(places.map(({ node }) => node.name)).size).toBe(2);
    for (const place of places) {
      const pod = await until(`${place.name} to be ready`, async () => {
        const seen = await get(place.name.split("/")[1] ?? "");
        return seen.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") && seen;
      });
      expect(pod.status?.podIPs?.map(({ ip }) => ip)).toEqual([place.address(4), place.address(6)]);
    }
    const [a, b] = places;
    if (a !== undefined && b !== undefined) expect(await lab.ping(a, b, { family: 6 })).toMatchObject({ ok: true });
  });

  test("leaves a pod that fits nowhere waiting and says why", async () => {
    await east.createPod({ name: "nowhere", node: "w9" });
    await until("the scheduler's word", async () =>
      (await get("nowhere")).status?.conditions?.some(({ type, message }) => type === "PodScheduled" && message?.includes("0/2")),
    );
    await remove("pods", "nowhere");
  });

  test("tells a container about itself and the API server, and the API server takes its token", async () => {
    const env = [{ name: "ME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }];
    const token = "/var/run/secrets/kubernetes.io/serviceaccount";
    const ask = `fetch("https://" + process.env.KUBERNETES_SERVICE_HOST + ":" + process.env.KUBERNETES_SERVICE_PORT + "/apis", {
      headers: { authorization: "Bearer " + await Bun.file("${token}/token").text() },
      tls: { ca: await Bun.file("${token}/ca.crt").text() } })`;
    const words = `echo -n $ME $(cat ${token}/namespace) $(bun -e '${ask.replaceAll("'", '"')}.then(({ status }) => console.log(status))')`;
    await script("self", `${words} > /dev/termination-log`, { container: { env } });
    const { spec } = await ended("self");
    expect((await lastWords("self"))?.message).toBe(`${spec.nodeName} default 200`);
  });

  test("mounts Secrets, and a changed one reaches the files of a running pod", async () => {
    const secret = (value: string) => ({ metadata: { name: "s" }, data: { key: btoa(value) } });
    const volumes = [{ name: "v", secret: { secretName: "s" } }];
    await script(
      "reader",
      "until grep -q new /run/secrets/s/key; do sleep 0.05; done; cat /run/secrets/s/key > /dev/termination-log",
      {
        spec: { volumes },
        container: { volumeMounts: [{ name: "v", mountPath: "/run/secrets/s" }] },
      },
    );
    await until("the pod to wait for its Secret", async () =>
      (await get("reader")).status?.containerStatuses?.[0]?.state.waiting?.message?.includes('"s" not found'),
    );
    await create("secrets", secret("old"));
    await until("the pod to run", async () => (await get("reader")).status?.phase === "Running");
    await east.request({
      method: "PUT",
      path: path("secrets", "s"),
      body: { apiVersion: "v1", kind: "Secret", ...secret("new") },
    });
    expect((await lastWords("reader"))?.message).toBe("new");
  });

  test("says how a container ended, and starts it again where the pod wants that", async () => {
    await script("fails", "exit 3");
    expect(await lastWords("fails")).toMatchObject({ exitCode: 3 });
    await script("again", "exit 4", { spec: { restartPolicy: "Always" } });
    await until("two restarts", async () => ((await get("again")).status?.containerStatuses?.[0]?.restartCount ?? 0) >= 2);
    await remove("pods", "again");
  });

  test("says that a container without a command cannot run here", async () => {
    await create("pods", { metadata: { name: "image" }, spec: { containers: [{ name: "main", image: "nginx" }] } });
    const waiting = await until("the reason", async () => (await get("image")).status?.containerStatuses?.[0]?.state.waiting);
    expect(waiting).toMatchObject({ reason: "CreateContainerConfigError", message: expect.stringContaining("no command") });
    await remove("pods", "image");
  });

  test("carries a Service to its pods, from pods, from nodes and from elsewhere", async () => {
    await east.createPod({ name: "web", node: "w1", labels: { app: "web" } });
    const web = await east.pod("web");
    await create("services", {
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ipFamilyPolicy: "PreferDualStack", ports: [{ port: 7000 }] },
    });
    const { spec } = (await east.request({ method: "GET", path: path("services", "web") })) as {
      readonly spec: { readonly clusterIPs: readonly string[] };
    };
    expect(spec.clusterIPs).toHaveLength(2);
    const service = (family: 4 | 6): Place => ({
      label: "web",
      cluster: "east",
      ns: web.ns,
      families: [4, 6],
      address: () => spec.clusterIPs.find((ip) => ip.includes(":") === (family === 6)) ?? "",
      exec: (argv, options) => web.exec(argv, options),
    });
    const { gw1 } = lab.clusters.east.nodes;
    const a = await east.pod("a");
    for (const family of [4, 6] as const) {
      for (const from of [web, a, gw1]) {
        const answer = () => lab.tcp(from, service(family), { family, timeout: 500 });
        const seen = await until(`the Service over IPv${family} from ${from.label}`, async () => {
          const result = await answer();
          return result.ok && result;
        });
        // The address of another pod stays; a pod that reaches itself, and what comes from outside the pods' ranges, is masqueraded.
        if (from === a) expect(seen.sourceSeen).toBe(a.address(family));
      }
    }
  });

  test("loses no pod when a kubelet stand-in is killed, and takes them over", async () => {
    const web = await east.pod("web");
    const { w1 } = lab.clusters.east.nodes;
    const before = await get("web");
    const flow = await lab.flow(await east.pod("a"), web, { every: 5 });
    await east.kubelet(w1).kill();
    await script("later", "echo -n late > /dev/termination-log", { spec: { nodeName: "w1" } });
    await east.startKubelet(w1);
    expect((await lastWords("later"))?.message).toBe("late");
    const { sent, received } = await flow.stop();
    expect(received).toBe(sent);
    expect(await get("web")).toMatchObject({
      metadata: { uid: before.metadata.uid },
      status: { containerStatuses: [{ restartCount: 0, ready: true }] },
    });
  });

  test("starts a container again although API server and kubelet stand-in were away meanwhile", async () => {
    const { w1 } = lab.clusters.east.nodes;
    const run = `${w1.dir}/ticks`;
    const volumes = [{ name: "out", hostPath: { path: w1.dir, type: "Directory" } }];
    await script("ticker", `echo $$ >> /mnt/out/ticks; exec sleep infinity`, {
      spec: { restartPolicy: "Always", volumes, nodeName: "w1" },
      container: { volumeMounts: [{ name: "out", mountPath: "/mnt/out" }] },
    });
    const starts = async () => ((await Bun.file(run).exists()) ? (await Bun.file(run).text()).trim().split("\n") : []);
    const [first] = await until("the container to run", async () => (await starts()).length === 1 && starts());
    await east.control.kill();
    await east.kubelet(w1).kill();
    process.kill(Number(first), "SIGKILL");
    await east.startKubelet(w1);
    await until("the container to run again", async () => (await starts()).length === 2);
    await east.control.start();
    await until("its status to say so", async () => (await get("ticker")).status?.containerStatuses?.[0]?.restartCount === 1);
    await remove("pods", "ticker");
  });

  test("ends a pod that is deleted, with all that it had", async () => {
    const pod = await east.pod("b");
    await remove("pods", "b");
    await until("its namespace to be gone", () => !existsSync(pod.ns.path));
    await until("its object to be gone", () =>
      get("b").then(
        () => false,
        ({ status }) => status === 404,
      ),
    );
    const { stdout } = await pod.node.exec(["ls", `${pod.node.cniDir}/results`]);
    expect(stdout).not.toContain(pod.ns.name);
  });

  test("answers kubectl", async () => {
    const nodes = await lab.workstation.kubectl("east", ["get", "nodes", "--no-headers"]);
    expect(nodes.trim().split("\n")).toHaveLength(2);
    expect(nodes).toContain("Ready");
    expect(await lab.workstation.kubectl("east", ["get", "pod", "web", "-o", "jsonpath={.status.podIP}"])).toBe(
      (await east.pod("web")).address(4),
    );
  });

  test("leaves nothing on this machine", async () => {
    await using other = await createLab({
      kubernetes: wantedKind(),
      clusters: [{ id: "west", kubernetes: true, nodes: [{ name: "w1" }] }],
    });
    await other.kube("west").createPod({ name: "p" });
    await other.kube("west").pod("p");
    expect(findLeftovers(other.id).processes.length).toBeGreaterThan(3);
    await other[Symbol.asyncDispose]();
    expect(nothingLeft(findLeftovers(other.id))).toBe(true);
  }, 60_000);
});
