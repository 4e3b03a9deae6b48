// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { Authority } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { type Api, admin } from "../support/api.ts";
import { crdOf, installCrd } from "../support/crds.ts";
import { Kubectl, kubectls } from "../support/kubectl.ts";
import { newNamespace, unique } from "../support/objects.ts";

const all = Object.entries(await kubectls());
const configMap = (name: string, data: Record<string, string>) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n${Object.entries(data)
    .map(([key, value]) => `  ${key}: "${value}"\n`)
    .join("")}`;

describeIf(all.length === 0 ? "needs a kubectl: bun run tools/build_kube.ts builds one" : undefined)("kubectl", () => {
  for (const [which, path] of all) describe(which, () => suite(path));
});

function suite(path: string): void {
  let api: Api;
  let namespace: string;
  let kubectl: Kubectl;

  beforeAll(async () => {
    api = await admin();
    namespace = await newNamespace(api);
    kubectl = new Kubectl(path, namespace);
    const schema = {
      description: "What the tests of kubectl use.",
      properties: {
        spec: {
          type: "object",
          description: "What it shall be.",
          properties: { size: { type: "integer", description: "How large it is." } },
        },
        status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      },
    };
    const columns = [{ name: "Size", type: "integer", jsonPath: ".spec.size" }];
    const names = { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList", shortNames: ["wid"] };
    await installCrd(
      api,
      crdOf("widgets", schema, { names, version: { subresources: { status: {} }, additionalPrinterColumns: columns } }),
    );
  });

  test("version, cluster-info and api-resources know the server", async () => {
    expect(await kubectl.ok(["version", "-o", "yaml"])).toContain("serverVersion:");
    expect(await kubectl.ok(["cluster-info"])).toContain(api.url);
    const resources = await kubectl.ok(["api-resources"]);
    expect(resources).toMatch(/^configmaps +cm +v1 +true +ConfigMap$/m);
    expect(resources).toMatch(/^widgets +wid +conformance.example.com\/v1 +true +Widget$/m);
    expect(await kubectl.ok(["api-versions"])).toContain("apps/v1\n");
  });

  test("apply makes, says unchanged, configures and prunes a key; delete -f takes it away", async () => {
    const apply = (data: Record<string, string>) => kubectl.ok(["apply", "-f", "-"], configMap("applied", data));
    expect(await apply({ a: "1", b: "1" })).toBe("configmap/applied created\n");
    expect(await apply({ a: "1", b: "1" })).toBe("configmap/applied unchanged\n");
    expect(await apply({ a: "2" })).toBe("configmap/applied configured\n");
    expect(JSON.parse(await kubectl.ok(["get", "cm", "applied", "-o", "json"])).data).toEqual({ a: "2" });
    expect(await kubectl.ok(["delete", "-f", "-"], configMap("applied", {}))).toBe(
      `configmap "applied" deleted${await suffix()}`,
    );
  });

  /** kubectl 1.34 names the namespace of what it deleted. */
  const suffix = async () => {
    const { clientVersion } = JSON.parse(await kubectl.ok(["version", "--client", "-o", "json"]));
    return Number.parseInt(clientVersion.minor, 10) >= 34 ? ` from ${namespace} namespace\n` : "\n";
  };

  test("apply --server-side shows conflicts and takes over with --force-conflicts", async () => {
    const apply = (value: string, ...flags: string[]) =>
      kubectl.run(["apply", "--server-side", "-f", "-", ...flags], { stdin: configMap("ssa", { a: value }) });
    expect((await apply("1", "--field-manager=one")).stdout).toBe("configmap/ssa serverside-applied\n");
    const conflict = await apply("2", "--field-manager=two");
    expect([conflict.code, conflict.stderr]).toEqual([1, expect.stringContaining('conflict with "one": .data.a')]);
    expect((await apply("2", "--field-manager=two", "--force-conflicts")).code).toBe(0);
  });

  test("apply of a custom resource merges without merge keys, and refuses what its schema does", async () => {
    const widget = (size: string) =>
      `apiVersion: conformance.example.com/v1\nkind: Widget\nmetadata:\n  name: w\nspec:\n  size: ${size}\n`;
    expect(await kubectl.ok(["apply", "-f", "-"], widget("1"))).toBe("widget.conformance.example.com/w created\n");
    expect(await kubectl.ok(["apply", "-f", "-"], widget("2"))).toBe("widget.conformance.example.com/w configured\n");
    expect(await kubectl.refused(["apply", "-f", "-"], widget("large"))).toContain('spec.size: Invalid value: "string"');
    expect(await kubectl.refused(["apply", "-f", "-"], `${widget("1")}  sise: 1\n`)).toContain('unknown field "spec.sise"');
    expect(await kubectl.ok(["get", "wid"])).toMatch(/^NAME +SIZE\nw +2\n$/);
  });

  test("get prints tables, wide ones, labels, names, JSON paths, columns and YAML", async () => {
    await kubectl.ok(["create", "configmap", "shown", "--from-literal=a=b"]);
    await kubectl.ok(["label", "cm", "shown", "app=x"]);
    expect(await kubectl.ok(["get", "cm", "shown"])).toMatch(/^NAME +DATA +AGE\nshown +1 +\d+s\n$/);
    expect(await kubectl.ok(["get", "cm", "-l", "app=x", "--show-labels", "--no-headers"])).toMatch(/^shown +1 +\d+s +app=x\n$/);
    expect(await kubectl.ok(["get", "cm", "-l", "app=x", "-o", "name"])).toBe("configmap/shown\n");
    expect(await kubectl.ok(["get", "cm", "shown", "-o", "jsonpath={.data.a}"])).toBe("b");
    expect(await kubectl.ok(["get", "cm", "shown", "-o", "custom-columns=N:.metadata.name,A:.data.a"])).toBe(
      "N       A\nshown   b\n",
    );
    expect(await kubectl.ok(["get", "cm", "shown", "-o", "yaml"])).toContain("data:\n  a: b\n");
    expect(await kubectl.ok(["get", "cm", "-A", "--field-selector", "metadata.name=shown", "--no-headers"])).toContain(namespace);
    expect(await kubectl.ok(["get", "all"])).toBe("");
    expect(await kubectl.refused(["get", "cm", "none"])).toBe('Error from server (NotFound): configmaps "none" not found');
    expect(await kubectl.refused(["get", "nonsense"])).toBe(`error: the server doesn't have a resource type "nonsense"`);
    await kubectl.ok(["create", "service", "clusterip", "wide", "--tcp=80"]);
    expect(await kubectl.ok(["get", "svc", "wide", "-o", "wide"])).toMatch(
      /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE +SELECTOR\nwide +ClusterIP +10\.96\.\d+\.\d+ +<none> +80\/TCP +\d+s +app=wide\n$/,
    );
  });

  test("patch, label, annotate, replace and edit-like writes change what they say", async () => {
    await kubectl.ok(["create", "cm", "patched", "--from-literal=a=1"]);
    expect(await kubectl.ok(["patch", "cm", "patched", "-p", '{"data":{"b":"2"}}'])).toBe("configmap/patched patched\n");
    expect(await kubectl.ok(["patch", "cm", "patched", "--type=json", "-p", '[{"op":"remove","path":"/data/a"}]'])).toBe(
      "configmap/patched patched\n",
    );
    expect(await kubectl.ok(["patch", "cm", "patched", "--type=merge", "-p", '{"data":{"b":"2"}}'])).toBe(
      "configmap/patched patched (no change)\n",
    );
    expect(await kubectl.ok(["annotate", "cm", "patched", "x=y"])).toBe("configmap/patched annotated\n");
    expect(await kubectl.refused(["annotate", "cm", "patched", "x=z"])).toContain("--overwrite is false");
    expect(await kubectl.ok(["replace", "-f", "-"], configMap("patched", { c: "3" }))).toBe("configmap/patched replaced\n");
    expect(JSON.parse(await kubectl.ok(["get", "cm", "patched", "-o", "json"])).data).toEqual({ c: "3" });
    await kubectl.ok(["apply", "-f", "-"], "apiVersion: conformance.example.com/v1\nkind: Widget\nmetadata:\n  name: sub\n");
    expect(
      await kubectl.ok(["patch", "widget", "sub", "--subresource=status", "--type=merge", "-p", '{"status":{"phase":"Up"}}']),
    ).toContain("patched");
    expect(await kubectl.ok(["get", "widget", "sub", "-o", "jsonpath={.status.phase}"])).toBe("Up");
  });

  test("diff shows what would change, with exit code 1, and 0 where nothing would", async () => {
    await kubectl.ok(["apply", "-f", "-"], configMap("diffed", { a: "1" }));
    expect((await kubectl.run(["diff", "-f", "-"], { stdin: configMap("diffed", { a: "1" }) })).code).toBe(0);
    const changed = await kubectl.run(["diff", "-f", "-"], { stdin: configMap("diffed", { a: "2" }) });
    expect([changed.code, changed.stdout]).toEqual([1, expect.stringMatching(/^- {2}a: "1"\n\+ {2}a: "2"$/m)]);
    expect(JSON.parse(await kubectl.ok(["get", "cm", "diffed", "-o", "json"])).data).toEqual({ a: "1" });
  });

  test("get --watch prints changes as they come", async () => {
    await kubectl.ok(["create", "cm", "watched", "--from-literal=a=1"]);
    const stop = new AbortController();
    const watching = kubectl.run(["get", "cm", "watched", "--watch", "-o", "jsonpath={.data.a}{'\\n'}", "--request-timeout=3s"], {
      signal: stop.signal,
    });
    await Bun.sleep(1_000); // kubectl lists, prints and only then watches: nothing outside shows when
    await kubectl.ok(["patch", "cm", "watched", "-p", '{"data":{"a":"2"}}']);
    expect((await watching).stdout).toBe("1\n2\n");
  });

  test("wait sees a condition, a JSON path and a deletion, and gives up in time", async () => {
    await kubectl.ok(["apply", "-f", "-"], "apiVersion: conformance.example.com/v1\nkind: Widget\nmetadata:\n  name: waited\n");
    const waits = [
      kubectl.ok(["wait", "widget/waited", "--for=condition=Ready", "--timeout=20s"]),
      kubectl.ok(["wait", "widget/waited", "--for=jsonpath={.status.phase}=Up", "--timeout=20s"]),
    ];
    const status = { phase: "Up", conditions: [{ type: "Ready", status: "True" }] };
    await kubectl.ok(["patch", "widget", "waited", "--subresource=status", "--type=merge", "-p", JSON.stringify({ status })]);
    expect(await Promise.all(waits)).toEqual(Array(2).fill("widget.conformance.example.com/waited condition met\n"));
    const gone = kubectl.ok(["wait", "widget/waited", "--for=delete", "--timeout=20s"]);
    await kubectl.ok(["delete", "widget", "waited"]);
    expect(await gone).toMatch(/condition met|^$/);
    await kubectl.ok(["apply", "-f", "-"], "apiVersion: conformance.example.com/v1\nkind: Widget\nmetadata:\n  name: never\n");
    expect(await kubectl.refused(["wait", "widget/never", "--for=condition=Ready", "--timeout=1s"])).toContain(
      "timed out waiting for the condition",
    );
  });

  test("describe tells of an object and its events", async () => {
    await kubectl.ok(["create", "cm", "described", "--from-literal=a=1"]);
    expect(await kubectl.ok(["describe", "cm", "described"])).toMatch(/^Name: +described\n[\s\S]*\na:\n----\n1\n/);
    const { uid } = JSON.parse(await kubectl.ok(["get", "cm", "described", "-o", "json"])).metadata;
    const involvedObject = { apiVersion: "v1", kind: "ConfigMap", name: "described", namespace, uid };
    const now = new Date().toISOString().replace(/\.\d+/, "");
    await api.make(`/api/v1/namespaces/${namespace}/events`, {
      metadata: { name: "told" },
      involvedObject,
      reason: "Because",
      message: "so it is",
      type: "Warning",
      firstTimestamp: now,
      lastTimestamp: now,
      count: 3,
      source: { component: "conformance" },
    });
    expect(await kubectl.ok(["describe", "cm", "described"])).toMatch(
      /Warning +Because +\d+s \(x3 over \d+s\) +conformance +so it is/,
    );
    expect(await kubectl.ok(["events", "--for", "configmap/described"])).toContain("so it is");
    await kubectl.ok(
      ["apply", "-f", "-"],
      "apiVersion: conformance.example.com/v1\nkind: Widget\nmetadata:\n  name: told\nspec:\n  size: 3\n",
    );
    expect(await kubectl.ok(["describe", "widget", "told"])).toMatch(/Kind: +Widget\n[\s\S]*Spec:\n +Size: +3\n/);
    expect(await kubectl.ok(["describe", "namespace", namespace])).toMatch(/Status: +Active/);
  });

  test("explain reads the schema of built-in kinds and of definitions", async () => {
    expect(await kubectl.ok(["explain", "widget.spec.size"])).toMatch(/FIELD: size <integer>[\s\S]*How large it is\./);
    expect(await kubectl.ok(["explain", "widget"])).toContain("What the tests of kubectl use.");
    expect(await kubectl.ok(["explain", "pod.spec.containers.image"])).toMatch(
      /KIND: +Pod\nVERSION: +v1\n\nFIELD: image <string>/,
    );
  });

  test("auth can-i, whoami and create token tell who may what", async () => {
    expect((await kubectl.ok(["auth", "can-i", "delete", "secrets"])).trim()).toBe("yes");
    const reader = unique("reader");
    await kubectl.ok(["create", "serviceaccount", reader]);
    await kubectl.ok(["create", "role", reader, "--verb=get,list", "--resource=configmaps"]);
    await kubectl.ok(["create", "rolebinding", reader, `--role=${reader}`, `--serviceaccount=${namespace}:${reader}`]);
    const as = `--as=system:serviceaccount:${namespace}:${reader}`;
    expect((await kubectl.ok(["auth", "can-i", "list", "configmaps", as])).trim()).toBe("yes");
    const no = await kubectl.run(["auth", "can-i", "list", "secrets", as]);
    expect([no.code, no.stdout.trim()]).toEqual([1, "no"]);
    expect(await kubectl.ok(["auth", "can-i", "--list", as])).toMatch(/^configmaps +\[\] +\[\] +\[get list\]$/m);
    const token = (await kubectl.ok(["create", "token", reader, "--duration=1h"])).trim();
    const bearer = kubectl.withToken(api, token);
    const name = `system:serviceaccount:${namespace}:${reader}`;
    expect(await bearer.ok(["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"])).toBe(name);
    expect(await bearer.ok(["get", "cm", "-o", "name"])).toContain("configmap/kube-root-ca.crt");
    expect(await bearer.refused(["get", "secrets"])).toContain(
      `Error from server (Forbidden): secrets is forbidden: User "${name}" cannot list resource "secrets"`,
    );
  });

  test("rollout status follows a DaemonSet, and says what it waits for", async () => {
    const set =
      "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: rolled\nspec:\n  selector:\n    matchLabels: {app: rolled}\n  template:\n    metadata:\n      labels: {app: rolled}\n    spec:\n      nodeSelector: {nowhere: at-all}\n      containers: [{name: c, image: x}]\n";
    await kubectl.ok(["apply", "-f", "-"], set);
    // With no node there is nothing to do. The real controller says so; where none runs, this does.
    const status = {
      observedGeneration: 1,
      desiredNumberScheduled: 0,
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
      updatedNumberScheduled: 0,
      numberAvailable: 0,
    };
    await kubectl.ok(["patch", "daemonset", "rolled", "--subresource=status", "--type=merge", "-p", JSON.stringify({ status })]);
    expect(await kubectl.ok(["rollout", "status", "daemonset/rolled", "--timeout=20s"])).toContain(
      'daemon set "rolled" successfully rolled out',
    );
    expect(await kubectl.ok(["rollout", "restart", "daemonset/rolled"])).toBe("daemonset.apps/rolled restarted\n");
  });

  test("create, expose-like writes and delete by selector work in dry run and for good", async () => {
    expect(await kubectl.ok(["create", "namespace", "dry", "--dry-run=server"])).toBe("namespace/dry created (server dry run)\n");
    expect(await kubectl.refused(["get", "namespace", "dry"])).toContain("NotFound");
    for (const name of ["one", "two"]) await kubectl.ok(["create", "secret", "generic", name, "--from-literal=a=b"]);
    await kubectl.ok(["label", "secret", "one", "two", "batch=x"]);
    await kubectl.ok(["delete", "secret", "-l", "batch=x"]);
    expect(await kubectl.ok(["get", "secret", "-l", "batch=x", "-o", "name"])).toBe("");
  });

  test("the generated definitions apply and come back unchanged", async () => {
    const first = await kubectl.ok([
      "apply",
      "--server-side",
      "--force-conflicts",
      "--field-manager=conformance",
      "-f",
      "deploy/crds",
    ]);
    expect(
      first
        .trim()
        .split("\n")
        .every((line) => line.endsWith("serverside-applied")),
    ).toBe(true);
    const diff = await kubectl.run([
      "diff",
      "--server-side",
      "--force-conflicts",
      "--field-manager=conformance",
      "-f",
      "deploy/crds",
    ]);
    expect([diff.code, diff.stdout]).toEqual([0, ""]);
  });

  test("a server that is not there, and one of another authority, are said so", async () => {
    expect(await kubectl.refused(["--server", "https://127.0.0.1:1", "get", "cm"])).toContain("127.0.0.1:1");
    const { cert } = await Authority.create("other-ca");
    const stranger = kubectl.withToken(api, "x", cert);
    expect(await stranger.refused(["get", "cm"])).toContain("certificate signed by unknown authority");
  });
}
