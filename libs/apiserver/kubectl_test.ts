// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeIf, oldKubectl, requires } from "@strait/testkit";
import { startTestServer, type TestServer } from "./testing/mod.ts";

// kubectl starts slowly on a busy machine, and a test runs many.
setDefaultTimeout(60_000);

const DAEMONS = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agents, namespace: work}
spec:
  selector: {matchLabels: {app: agents}}
  template:
    metadata: {labels: {app: agents}}
    spec: {containers: [{name: agent, image: agent, env: [{name: A, value: "1"}]}]}
`;
const WIDGETS = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              description: What is wanted.
              required: [size]
              properties: {size: {type: integer, minimum: 1}, colour: {type: string, default: red}}
            status: {type: object, properties: {phase: {type: string}}}
`;
const WIDGET = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: one, namespace: work}\nspec: {size: 3}\n";

describeIf(requires({ commands: ["kubectl"] }) ?? oldKubectl())("the real kubectl", () => {
  let under: TestServer;
  let config: string;

  beforeAll(async () => {
    under = await startTestServer();
    config = join(under.dir, "kubeconfig");
    writeFileSync(config, under.server.kubeconfig());
    await kubectl(["create", "namespace", "work"]);
  });
  afterAll(() => under[Symbol.asyncDispose]());

  async function run(args: readonly string[], input = ""): Promise<{ code: number; out: string; err: string }> {
    const env = { PATH: process.env["PATH"] ?? "", HOME: under.dir, KUBECONFIG: config };
    const child = Bun.spawn(["kubectl", ...args], { env, stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe" });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { code, out, err };
  }
  async function kubectl(args: readonly string[], input = ""): Promise<string> {
    const { code, out, err } = await run(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${err}`);
    return out;
  }
  const work = (...args: string[]) => ["-n", "work", ...args];

  test("applies, shows differences and applies again", async () => {
    expect(await kubectl(["apply", "-f", "-"], DAEMONS)).toContain("daemonset.apps/agents created");
    expect(await kubectl(["apply", "-f", "-"], DAEMONS)).toContain("unchanged");
    const changed = DAEMONS.replace('value: "1"', 'value: "2"');
    const { code, out } = await run(["diff", "-f", "-"], changed);
    expect([code, out.includes("+        - name: A") || out.includes('value: "2"')]).toEqual([1, true]);
    expect(await kubectl(["apply", "-f", "-"], changed)).toContain("configured");
    expect(await kubectl(work("get", "ds", "agents", "-o", "jsonpath={.metadata.generation}"))).toBe("2");
  });

  test("patches in every way, labels, annotates and replaces", async () => {
    const image = '{"spec":{"template":{"spec":{"containers":[{"name":"agent","image":"other"}]}}}}';
    await kubectl(work("patch", "ds", "agents", "-p", image));
    const wanted = "jsonpath={.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].env[0].name}";
    expect(await kubectl(work("get", "ds", "agents", "-o", wanted))).toBe("other A");
    await kubectl(work("patch", "ds", "agents", "--type=merge", "-p", '{"metadata":{"labels":{"a":"b"}}}'));
    await kubectl(
      work("patch", "ds", "agents", "--type=json", "-p", '[{"op":"replace","path":"/metadata/labels/a","value":"c"}]'),
    );
    await kubectl(work("label", "ds", "agents", "d=e"));
    await kubectl(work("annotate", "ds", "agents", "f=g"));
    expect(await kubectl(work("get", "ds", "-l", "a=c,d=e", "-o", "name"))).toBe("daemonset.apps/agents\n");
    expect(await kubectl(["replace", "-f", "-"], DAEMONS)).toContain("replaced");
  });

  test("waits for a rollout", async () => {
    const status = { observedGeneration: 9, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 };
    const numbers = { ...status, currentNumberScheduled: 1, numberMisscheduled: 0, numberReady: 1 };
    await kubectl(
      work("patch", "ds", "agents", "--subresource=status", "--type=merge", "-p", JSON.stringify({ status: numbers })),
    );
    expect(await kubectl(work("rollout", "status", "ds/agents", "--timeout=5s"))).toContain("successfully rolled out");
  });

  test("registers a kind, waits for it and uses it at once", async () => {
    await kubectl(["apply", "--server-side", "-f", "-"], WIDGETS);
    await kubectl(["wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=5s"]);
    await kubectl(["apply", "-f", "-"], WIDGET);
    expect((await kubectl(work("get", "wd"))).trim().split(/\s+/).slice(0, 4)).toEqual(["NAME", "SIZE", "one", "3"]);
    expect(await kubectl(work("get", "wd", "one", "-o", "jsonpath={.spec.colour}"))).toBe("red");
    expect(await kubectl(["explain", "widget.spec"])).toContain("What is wanted.");
    const wrong = await run(["apply", "-f", "-"], WIDGET.replace("size: 3", "size: 0"));
    expect([wrong.code, wrong.err]).toEqual([
      1,
      expect.stringContaining("spec.size in body should be greater than or equal to 1"),
    ]);
  });

  test("refuses a typing mistake, and warns of it where it was told to", async () => {
    const typo = WIDGET.replace("name: one", "name: two").replace("size: 3", "size: 3, colur: blue");
    expect((await run(["apply", "-f", "-"], typo)).err).toContain('unknown field "spec.colur"');
    expect((await run(["apply", "--validate=warn", "-f", "-"], typo)).err).toContain('Warning: unknown field "spec.colur"');
  });

  test("tells who may do what, and a token says who it is", async () => {
    await kubectl(work("create", "serviceaccount", "robot"));
    await kubectl(work("create", "role", "reader", "--verb=get,list", "--resource=configmaps"));
    await kubectl(work("create", "rolebinding", "robot", "--role=reader", "--serviceaccount=work:robot"));
    const robot = "--as=system:serviceaccount:work:robot";
    expect(await kubectl(work("auth", "can-i", "list", "configmaps", robot))).toBe("yes\n");
    expect((await run(work("auth", "can-i", "delete", "configmaps", robot))).out).toBe("no\n");
    const token = (await kubectl(work("create", "token", "robot"))).trim();
    const { status, body } = await under.admin.withToken(token).call("GET", "/api/v1/namespaces/work/secrets");
    expect([status, body.message]).toEqual([403, expect.stringContaining('User "system:serviceaccount:work:robot" cannot list')]);
    expect((await under.admin.withToken(token).call("GET", "/api/v1/namespaces/work/configmaps")).status).toBe(200);
  });

  test("shows, describes and lists kinds", async () => {
    expect(await kubectl(["get", "all,cm,secrets,sa", "-A", "-o", "wide"])).toContain("service/kubernetes");
    expect(await kubectl(work("describe", "ds", "agents"))).toContain("Pod Template:");
    expect(await kubectl(["describe", "svc", "kubernetes"])).toContain("10.96.0.1");
    expect(await kubectl(["api-resources", "-o", "name"])).toContain("widgets.example.com");
    expect(await kubectl(["version"])).toContain("Server Version: v1.34");
  });

  test("deletes with what is owned, and a namespace with all that is in it", async () => {
    await kubectl(work("create", "configmap", "owner"));
    const uid = await kubectl(work("get", "cm", "owner", "-o", "jsonpath={.metadata.uid}"));
    const reference = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid, blockOwnerDeletion: true };
    const owned = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "owned", namespace: "work", ownerReferences: [reference] },
    };
    await kubectl(["create", "-f", "-"], JSON.stringify(owned));
    await kubectl(work("delete", "cm", "owner", "--cascade=foreground", "--timeout=5s"));
    expect((await run(work("get", "cm", "owned"))).err).toContain('configmaps "owned" not found');
    await kubectl(["delete", "namespace", "work", "--timeout=5s"]);
    expect((await run(["get", "wd", "-A", "-o", "name"])).out).toBe("");
  });
});
