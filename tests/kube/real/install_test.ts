// SPDX-License-Identifier: Apache-2.0
/** Strait installed by its own command into a real cluster: what it is promised, what it may do, what stops it, and that it leaves nothing. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { createLab, kubeObstacle, type Lab, output } from "@strait/lab";
import { RESOURCES } from "@strait/manifests";
import { describeIf } from "@strait/testkit";
import { until } from "../../control/support/until.ts";
import { apiTraces } from "./support/api_traces.ts";
import { type NodeTraces, nodeTraces } from "./support/node_traces.ts";

const NAMESPACE = "submariner-operator";
const ACCOUNT = `system:serviceaccount:${NAMESPACE}:submariner`;
const NODES = ["east/gw1", "east/w1"];

interface Audited {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly responseStatus?: { readonly code: number };
}

describeIf(await kubeObstacle())("Strait on a real cluster", () => {
  let lab: Lab;
  let before: { readonly nodes: Readonly<Record<string, NodeTraces>>; readonly api: readonly string[] };

  const strait = (...argv: string[]) => lab.workstation.exec(["strait", ...argv]);
  const kubectl = (...argv: string[]) => lab.workstation.kubectl("east", ["-n", NAMESPACE, ...argv]);
  const join = (...argv: string[]) =>
    strait("join", "broker-info.subm", "--context", "east", "--clusterid", "east", "--gateway-node", "gw1", ...argv);
  const traces = async () => ({
    nodes: Object.fromEntries(await Promise.all(NODES.map(async (label) => [label, await nodeTraces(lab, label)] as const))),
    api: await apiTraces(lab, "east"),
  });
  /** A command in the mount and network namespaces of a node. */
  const onNode = (label: string, ...argv: string[]) => {
    const node = lab.node(label);
    const { pid } = lab.kube("east").realNode(node);
    return output(["nsenter", `--target=${pid}`, "--mount", "--net", "--pid", "--", ...argv]);
  };
  const probe = async (label: string, port: number, path: string): Promise<number> => {
    const script = `console.log((await fetch("http://127.0.0.1:${port}${path}").catch(() => ({ status: 0 }))).status)`;
    const { stdout } = await lab.node(label).ns.exec([process.execPath, "-e", script]);
    return Number(stdout);
  };
  const audited = (): Audited[] => {
    const file = `${lab.kube("east").control.dir}/audit.log`;
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    return lines.map((line) => JSON.parse(line) as Audited).filter(({ user }) => user.username.startsWith(ACCOUNT));
  };

  beforeAll(async () => {
    lab = await createLab({
      broker: true,
      kubernetes: "real",
      nodes: "real",
      clusters: [{ id: "east", kubernetes: true, nodes: [{ name: "gw1", gateway: true }, { name: "w1" }] }],
    });
    await lab.broker();
    await lab.workstation.run(["strait", "deploy-broker", "--context", "broker"]);
    before = await traces();
  }, 180_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  test("join says within 30 s why an image cannot be had, on which node, and the next join mends it", async () => {
    const began = performance.now();
    const none = await join("--image-override", "submariner-routeagent=localhost/none:1");
    expect(none.stdout).toMatch(
      /pod submariner-routeagent-\S+: (ErrImagePull|ImagePullBackOff): .*localhost\/none:1.* on node (gw1|w1)/,
    );
    expect(none.code).toBe(1);
    expect(performance.now() - began).toBeLessThan(30_000);
    const again = await join("--pod-debug");
    expect([again.code, again.code === 0 ? "" : again.stdout + again.stderr]).toEqual([0, ""]);
  }, 120_000);

  test("every pod is ready by its probe, was never started again, and keeps to what was asked for it", async () => {
    const { items } = JSON.parse(await kubectl("get", "pods", "-o", "json"));
    const told = items.map(({ status, spec }: { status: PodStatus; spec: PodSpec }) => [
      spec.containers[0]?.readinessProbe?.httpGet?.path,
      status.qosClass,
      status.containerStatuses[0]?.ready,
      status.containerStatuses[0]?.restartCount,
    ]);
    expect(told).toEqual(Array(3).fill(["/readyz", "Burstable", true, 0]));
    for (const [label, port] of [
      ["east/gw1", 32780],
      ["east/gw1", 32782],
      ["east/w1", 32782],
    ] as const) {
      expect([label, port, await probe(label, port, "/healthz"), await probe(label, port, "/readyz")]).toEqual([
        label,
        port,
        200,
        200,
      ]);
    }
    expect(
      await kubectl("get", "routeagents.submariner.io", "-o", "jsonpath={range .items[*]}[{.status.statusFailure}]{end}"),
    ).toBe("[][]");
    const kube = lab.kube("east");
    for (const [name, node] of [
      ["gateway", "east/gw1"],
      ["routeagent", "east/gw1"],
      ["routeagent", "east/w1"],
    ] as const) {
      const mebibytes = Math.round(kube.app(lab.node(node), name).rss / 2 ** 20);
      expect([name, node, mebibytes <= Number.parseInt(RESOURCES[name].requests.memory, 10), mebibytes]).toEqual([
        name,
        node,
        true,
        mebibytes,
      ]);
    }
  }, 60_000);

  test("the probes go on saying yes while the API server is away", async () => {
    const { control } = lab.kube("east");
    await control.kill();
    try {
      for (const [label, port] of [
        ["east/gw1", 32780],
        ["east/w1", 32782],
      ] as const) {
        expect([await probe(label, port, "/healthz"), await probe(label, port, "/readyz")]).toEqual([200, 200]);
      }
    } finally {
      await control.start();
    }
  }, 60_000);

  test("no request of an app is refused, from its start on", async () => {
    await kubectl("delete", "pods", "--all", "--wait=true");
    for (const set of ["submariner-gateway", "submariner-routeagent"])
      await kubectl("rollout", "status", `daemonset/${set}`, "--timeout=60s");
    await until("both apps to have asked for what they need", () =>
      ["gateway", "routeagent"].every((app) =>
        audited().some(({ user, verb }) => user.username.endsWith(app) && verb === "patch"),
      ),
    );
    const refused = audited().filter(({ responseStatus }) => responseStatus?.code === 403 || responseStatus?.code === 401);
    expect(refused.map(({ user, verb, requestURI }) => `${user.username} ${verb} ${requestURI}`)).toEqual([]);
  }, 90_000);

  test.each([
    ["gateway", "create", "endpoints.submariner.io", NAMESPACE, "yes"],
    ["gateway", "update", "leases.coordination.k8s.io", NAMESPACE, "yes"],
    ["gateway", "get", "secrets", NAMESPACE, "no"],
    ["gateway", "list", "secrets", "kube-system", "no"],
    ["gateway", "create", "pods", NAMESPACE, "no"],
    ["gateway", "delete", "pods", NAMESPACE, "no"],
    ["gateway", "patch", "nodes", "default", "no"],
    ["gateway", "create", "endpoints.submariner.io", "default", "no"],
    ["gateway", "update", "leases.coordination.k8s.io", "kube-system", "no"],
    ["gateway", "get", "configmaps", "kube-system", "no"],
    ["gateway", "create", "services", NAMESPACE, "no"],
    ["routeagent", "patch", "routeagents.submariner.io", NAMESPACE, "yes"],
    ["routeagent", "list", "pods", "default", "yes"],
    ["routeagent", "patch", "endpoints.submariner.io", NAMESPACE, "no"],
    ["routeagent", "create", "endpoints.submariner.io", NAMESPACE, "no"],
    ["routeagent", "get", "secrets", NAMESPACE, "no"],
    ["routeagent", "patch", "pods", NAMESPACE, "no"],
    ["routeagent", "update", "nodes", "default", "no"],
    ["routeagent", "impersonate", "users", "default", "no"],
  ])("the %s may %s %s in %s: %s", async (app, verb, resource, namespace, answer) => {
    const argv = ["kubectl", "--context", "east", "-n", namespace, "auth", "can-i", verb, resource, `--as=${ACCOUNT}-${app}`];
    expect((await lab.workstation.exec(argv)).stdout.trim()).toBe(answer);
  });

  test("a node that has joined shows it, so that what is gone later was there", async () => {
    const now = await traces();
    for (const label of NODES) {
      const [then, joined] = [before.nodes[label] as NodeTraces, now.nodes[label] as NodeTraces];
      const changed = Object.keys(then).filter((what) => JSON.stringify(then[what]) !== JSON.stringify(joined[what]));
      expect([label, changed]).toEqual([label, expect.arrayContaining(["links", "pins", "files"])]);
    }
    expect(now.api.length).toBeGreaterThan(before.api.length);
  }, 60_000);

  test("uninstall leaves no object, link, rule, map, pin or file", async () => {
    const { code, stdout, stderr } = await strait("uninstall", "--context", "east", "--yes");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect(await traces()).toEqual(before);
  }, 120_000);

  test("join names a node without bpffs, its pod and its last line, within 30 s, and the next join mends it", async () => {
    // Another file system lies over it, as on a node where nobody mounted one.
    const gone = await onNode("east/w1", "mount", "-t", "tmpfs", "tmpfs", "/sys/fs/bpf");
    expect([gone.code, gone.stderr]).toEqual([0, ""]);
    const began = performance.now();
    const none = await join();
    const took = performance.now() - began;
    expect(none.stdout).toMatch(/pod submariner-routeagent-\S+: CrashLoopBackOff.*is on no bpffs.* on node w1/);
    expect(none.code).toBe(1);
    expect(took).toBeLessThan(45_000);
    expect((await onNode("east/w1", "mount", "-t", "bpf", "bpf", "/sys/fs/bpf")).code).toBe(0);
    await kubectl("delete", "pods", "--all", "--wait=true");
    const again = await join();
    expect([again.code, again.code === 0 ? "" : again.stdout + again.stderr]).toEqual([0, ""]);
  }, 150_000);
});

interface PodStatus {
  readonly qosClass: string;
  readonly containerStatuses: readonly { readonly ready: boolean; readonly restartCount: number }[];
}
interface PodSpec {
  readonly containers: readonly { readonly readinessProbe?: { readonly httpGet?: { readonly path: string } } }[];
}
