// SPDX-License-Identifier: Apache-2.0
/** Strait installed by its own command into a real cluster: what it is promised, what it may do, what stops it, and that it leaves nothing. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { createLab, kubeObstacle, type Lab, output } from "@strait/lab";
import { CAPABILITIES, RESOURCES } from "@strait/manifests";
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
  readonly objectRef?: {
    readonly resource: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly subresource?: string;
  };
}

/** Milliseconds for a test that joins twice: the command's own limit of 120 s each is to end first, and to say why. */
const TWO_JOINS = 300_000;

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
  /** What accounts whose names begin so have asked of the API server that keeps its files there. */
  const asked = (folder: string, account: string): Audited[] => {
    const file = `${folder}/audit.log`;
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    return lines.map((line) => JSON.parse(line) as Audited).filter(({ user }) => user.username.startsWith(account));
  };
  const audited = () => asked(lab.kube("east").control.dir, ACCOUNT);
  /**
   * What was refused for want of a right. A kube-apiserver that has just started refuses for a moment whatever it has not read the
   * roles of yet: what an account may do when it is asked again is none.
   */
  const refused = async (context: string, requests: readonly Audited[]): Promise<string[]> => {
    const all = requests.filter(({ responseStatus }) => responseStatus?.code === 403 || responseStatus?.code === 401);
    const lacking: string[] = [];
    for (const { user, verb, requestURI, objectRef } of all) {
      const { resource, apiGroup = "", namespace, subresource } = objectRef ?? { resource: "nothing" };
      const what = [
        apiGroup === "" ? resource : `${resource}.${apiGroup}`,
        ...(subresource ? [`--subresource=${subresource}`] : []),
      ];
      const where = namespace === undefined ? [] : ["-n", namespace];
      const argv = ["kubectl", "--context", context, ...where, "auth", "can-i", verb, ...what, `--as=${user.username}`];
      const { stdout } = await lab.workstation.exec(argv);
      if (stdout.trim() !== "yes") lacking.push(`${user.username} ${verb} ${requestURI}`);
    }
    return lacking;
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

  test(
    "join says why an image cannot be had, on which node, gives up by itself, and the next join mends it",
    async () => {
      const none = await join("--image-override", "submariner-routeagent=localhost/none:1");
      expect(none.stdout).toMatch(
        /pod submariner-routeagent-\S+: (ErrImagePull|ImagePullBackOff): .*localhost\/none:1.* on node (gw1|w1)/,
      );
      // Not because the time of --wait-timeout was over.
      expect(none.stdout).toContain("submariner-routeagent is not ready, and has been stuck for 10 s");
      expect(none.code).toBe(1);
      const again = await join("--pod-debug");
      expect([again.code, again.code === 0 ? "" : again.stdout + again.stderr]).toEqual([0, ""]);
    },
    TWO_JOINS,
  );

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
    expect(await refused("east", audited())).toEqual([]);
  }, 150_000);

  test.each<[string, Readonly<Record<string, string>>]>([
    [
      "gateway",
      {
        "clusters.submariner.io": "create delete get list update watch",
        "endpoints.submariner.io": "create delete get list update watch",
        "gateways.submariner.io": "create delete list patch watch",
        "leases.coordination.k8s.io": "create get update",
        events: "create patch",
        pods: "list patch watch",
      },
    ],
    [
      "routeagent",
      {
        "clusters.submariner.io": "list watch",
        "endpoints.submariner.io": "list watch",
        "gateways.submariner.io": "list watch",
        "routeagents.submariner.io": "create patch",
        pods: "list watch",
      },
    ],
  ])("the %s may do what it needs, and nothing else, in its namespace and outside of it", async (app, own) => {
    const everywhere = { nodes: "list watch", "daemonsets.apps": "list", "networks.config.openshift.io": "get" };
    expect(await rights(app, NAMESPACE)).toEqual({ ...everywhere, ...own });
    for (const namespace of ["kube-system", "default"]) {
      expect(await rights(app, namespace)).toEqual({ ...everywhere, pods: "list watch" });
    }
    // The list is the API server's own; one of what is not in it is tried all the same.
    const secrets = ["kubectl", "--context", "east", "-n", NAMESPACE, "get", "secrets", `--as=${ACCOUNT}-${app}`];
    const { code, stderr } = await lab.workstation.exec(secrets);
    expect([code, stderr]).toEqual([1, expect.stringContaining('cannot list resource "secrets"')]);
  });

  /** The verbs of an account by resource, as the API server lists them, without what every account may ask about itself. */
  async function rights(app: string, namespace: string): Promise<Readonly<Record<string, string>>> {
    const list = ["auth", "can-i", "--list", "--no-headers", `--as=${ACCOUNT}-${app}`];
    const text = await lab.workstation.kubectl("east", ["-n", namespace, ...list]);
    const rows = text.split("\n").map((line) => /^(\S+)\s+\[\]\s+\[(\S*)\]\s+\[(.*)\]$/.exec(line.trim()));
    return Object.fromEntries(
      rows.flatMap((row) => {
        const [, resource = "", names = "", verbs = ""] = row ?? [];
        if (resource === "" || resource.startsWith("selfsubject")) return [];
        return [[names === "" ? resource : `${resource} ${names}`, verbs.split(" ").sort().join(" ")]];
      }),
    );
  }

  test(
    "a container that lacks a capability says which, status tells it with its node, and the next join gives it back",
    async () => {
      const path = "/spec/template/spec/containers/0/securityContext/capabilities/add";
      const patch = [{ op: "replace", path, value: CAPABILITIES.filter((name) => name !== "NET_RAW") }];
      await kubectl("patch", "daemonset/submariner-routeagent", "--type=json", "-p", JSON.stringify(patch));
      const bad = await strait("status", "--context", "east", "--wait");
      expect(bad.stdout).toMatch(/pod submariner-routeagent-\S+: .*this process lacks CAP_NET_RAW: .* on node (gw1|w1)/);
      expect(bad.code).toBe(1);
      const again = await join();
      expect([again.code, again.code === 0 ? "" : again.stdout + again.stderr]).toEqual([0, ""]);
    },
    TWO_JOINS,
  );

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
  }, 200_000);

  test(
    "join names a node without bpffs, its pod and its last line, gives up by itself, and the next join mends it",
    async () => {
      // Another file system lies over it, as on a node where nobody mounted one.
      const gone = await onNode("east/w1", "mount", "-t", "tmpfs", "tmpfs", "/sys/fs/bpf");
      expect([gone.code, gone.stderr]).toEqual([0, ""]);
      const none = await join();
      expect(none.stdout).toMatch(/pod submariner-routeagent-\S+: .*is on no bpffs.* on node w1/);
      expect(none.stdout).toContain("submariner-routeagent is not ready, and has been stuck for 10 s");
      expect(none.code).toBe(1);
      expect((await onNode("east/w1", "mount", "-t", "bpf", "bpf", "/sys/fs/bpf")).code).toBe(0);
      await kubectl("delete", "pods", "--all", "--wait=true");
      const again = await join();
      expect([again.code, again.code === 0 ? "" : again.stdout + again.stderr]).toEqual([0, ""]);
    },
    TWO_JOINS,
  );

  test("no request of an app was refused in all of this, neither here nor at the broker", async () => {
    expect(await refused("east", audited())).toEqual([]);
    const { kubeconfig } = await lab.broker();
    const there = asked(dirname(kubeconfig), "system:serviceaccount:submariner-k8s-broker:cluster-");
    expect(there.length).toBeGreaterThan(0);
    expect(await refused("broker", there)).toEqual([]);
  }, 60_000);
});

interface PodStatus {
  readonly qosClass: string;
  readonly containerStatuses: readonly { readonly ready: boolean; readonly restartCount: number }[];
}
interface PodSpec {
  readonly containers: readonly { readonly readinessProbe?: { readonly httpGet?: { readonly path: string } } }[];
}
