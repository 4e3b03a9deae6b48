// SPDX-License-Identifier: Apache-2.0
/** The control plane of the lab, of the kind that STRAIT_KUBE names: it comes back with everything, and goes without a trace. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient, ConfigMapKind, loadKubeConfig } from "@strait/k8s";
import { type ControlPlane, labObstacle, Namespace, output, run, startControlPlane, wantedKind } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { until } from "./support/until.ts";

const kind = wantedKind();
const folder = () => mkdtempSync(join(tmpdir(), "strait-control-"));
const alive = (pid: number) => existsSync(`/proc/${pid}`);
const client = async (plane: ControlPlane) => new ApiClient(await loadKubeConfig({ path: plane.kubeconfig }));
const configMap = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } });

describe(`a ${kind} control plane`, () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ kind, dir: folder() });
  });
  afterAll(() => plane[Symbol.asyncDispose]());

  test("that is killed while it is written to comes back with every write it acknowledged", async () => {
    const api = await client(plane);
    const maps = api.resource(ConfigMapKind);
    const acknowledged: string[] = [];
    let going = true;
    const writing = Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let n = 0; going; n++) {
          const name = `w${writer}-${n}`;
          try {
            await maps.create(configMap(name));
            acknowledged.push(name);
          } catch {
            return; // it is gone: this write was never acknowledged
          }
        }
      }),
    );
    await until("some writes", () => acknowledged.length >= 40);
    await plane.kill();
    going = false;
    await writing;
    expect(plane.pids()).toEqual([]);
    await plane.start();
    const { items } = await maps.list({ namespace: "default" });
    const there = new Set(items.map(({ metadata }) => metadata.name));
    expect(acknowledged.filter((name) => !there.has(name))).toEqual([]);
    api.close();
  });

  test("keeps its certificates and identities over a restart", async () => {
    const [api, { ca }] = [await client(plane), plane];
    await plane.stop();
    await plane.start();
    expect(plane.ca).toBe(ca);
    expect((await api.version()).gitVersion).toStartWith("v1.");
    api.close();
  });

  test("that forgot what changed answers an old watch with 410, and a list with everything", async () => {
    const api = await client(plane);
    const maps = api.resource(ConfigMapKind);
    const made = await maps.create(configMap("before"));
    await maps.create(configMap("after"));
    await plane.restartForgetting();
    const resourceVersion = made.metadata.resourceVersion ?? "";
    const watching = maps.watch({ namespace: "default", resourceVersion, signal: AbortSignal.timeout(20_000) });
    await expect(Array.fromAsync(watching)).rejects.toMatchObject({ reason: "Expired" });
    const { items } = await maps.list({ namespace: "default" });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(["before", "after"]));
    api.close();
  });

  test("says which server failed, with the end of its log, where it cannot come up", async () => {
    const port = Number(new URL(plane.url).port);
    const dir = folder();
    await expect(startControlPlane({ kind, dir, port })).rejects.toThrow(/cannot come up: \S+ ended[\s\S]*in use/);
    await run(["rm", "-r", dir]);
  });

  test("ends with its owner, whatever ended that", async () => {
    const dir = folder();
    const script = `
      const { startControlPlane } = await import("@strait/lab");
      const plane = await startControlPlane({ kind: ${JSON.stringify(kind)}, dir: ${JSON.stringify(dir)} });
      console.log(JSON.stringify(plane.pids()));
      setInterval(() => {}, 60_000);`;
    const owner = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit", cwd: import.meta.dir });
    const reader = owner.stdout.getReader();
    const pids = JSON.parse(new TextDecoder().decode((await reader.read()).value)) as number[];
    expect(pids.length).toBeGreaterThan(0);
    expect(pids.every(alive)).toBe(true);
    owner.kill("SIGKILL");
    await until("its servers to be gone", () => !pids.some(alive));
    await run(["rm", "-r", dir]);
  });

  test("leaves no process and no folder", async () => {
    const made = await startControlPlane({ kind, dir: folder() });
    const pids = made.pids();
    expect(pids.every(alive)).toBe(true);
    await made[Symbol.asyncDispose]();
    expect(pids.filter(alive)).toEqual([]);
    expect(existsSync(made.dir)).toBe(false);
  });
});

describeIf(labObstacle())(`a ${kind} control plane in a network namespace`, () => {
  const ns = new Namespace(`strait-cp-${process.pid.toString(36)}`);
  beforeAll(async () => {
    await run(["ip", "netns", "add", ns.name]);
    await ns.ip(["link set lo up", "address add 172.31.77.1/24 dev lo", "address add fd31:77::1/64 dev lo nodad"]);
  });
  afterAll(async () => {
    await run(["ip", "netns", "del", ns.name]);
  });

  for (const address of ["172.31.77.1", "fd31:77::1"]) {
    test(`is reached at ${address} in there, and nowhere else`, async () => {
      await using plane = await startControlPlane({ kind, dir: folder(), ns, address, port: 6443, name: "inside" });
      const { stdout } = await ns.exec([
        process.execPath,
        "-e",
        `const answer = await fetch(${JSON.stringify(`${plane.url}/version`)}, { tls: { ca: ${JSON.stringify(plane.ca)} } }); console.log(answer.status)`,
      ]);
      expect(stdout.trim()).toBe("200");
      const outside = await output(["ss", "-Hltn", "sport = :6443"]);
      expect(outside.stdout).toBe("");
    });
  }
});
