// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { describeIf } from "@strait/testkit";
import {
  createLab,
  type Family,
  findLeftovers,
  type LabSpec,
  labObstacle,
  nothingLeft,
  output,
  plainRoutes,
  removeLab,
  run,
} from "./mod.ts";

const TWO = {
  clusters: [
    {
      id: "east",
      cni: "bridge",
      nodes: [
        { name: "gw1", gateway: true },
        { name: "w1", pods: 1 },
      ],
    },
    {
      id: "west",
      cni: "ptp",
      nodes: [
        { name: "gw1", gateway: true, pods: 1 },
        { name: "w1", pods: 1 },
      ],
    },
  ],
} as const;

const FAMILIES: readonly Family[] = [4, 6];

/** What a process was started with, "" where there is none (any more). */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

describeIf(labObstacle())("a lab", () => {
  test("carries nothing between its clusters until plain routes stand, then everything, then nothing again", async () => {
    await using lab = await createLab(TWO);
    const from = lab.clusters.east.nodes.w1.pod();
    const to = lab.clusters.west.nodes.w1.pod();
    expect((await lab.ping(from, to, { timeout: 200 })).ok).toBe(false);

    const routes = await plainRoutes(lab);
    for (const family of FAMILIES) {
      expect((await lab.ping(from, to, { family })).ok).toBe(true);
      expect(await lab.tcp(from, to, { family })).toMatchObject({ sha256Equal: true, sourceSeen: from.address(family) });
      expect(await lab.tcp(to, from, { family })).toMatchObject({ sha256Equal: true, sourceSeen: to.address(family) });
      expect(await lab.udp(from, to, { family, size: 1400 })).toMatchObject({ received: true, sourceSeen: from.address(family) });
    }

    await routes.remove();
    expect((await lab.ping(from, to, { timeout: 200 })).ok).toBe(false);
    expect(await lab.tcp(from, to, { timeout: 200 })).toMatchObject({ ok: false, sha256Equal: false });
    expect(await lab.udp(from, to, { timeout: 200 })).toMatchObject({ received: false });
  }, 20_000);

  test("connects pods of one cluster without any help", async () => {
    await using lab = await createLab(TWO);
    const { gw1, w1 } = lab.clusters.west.nodes;
    for (const family of FAMILIES) {
      expect(await lab.tcp(w1.pod(), gw1.pod(), { family })).toMatchObject({ ok: true, sourceSeen: w1.pod().address(family) });
      expect(await lab.tcp(w1, gw1.pod(), { family })).toMatchObject({ ok: true });
    }
  }, 20_000);

  test("carries both families over an underlay of either one", async () => {
    for (const underlay of FAMILIES) {
      await using lab = await createLab({ ...TWO, underlay: { families: [underlay] } });
      await using _routes = await plainRoutes(lab);
      for (const family of FAMILIES) {
        const seen = await lab.ping(lab.clusters.east.nodes.w1.pod(), lab.clusters.west.nodes.w1.pod(), { family });
        expect(seen.output).toContain(" 0% packet loss");
      }
    }
  }, 20_000);

  test("caches CNI results as libcni does, and a pod's end takes its file along", async () => {
    await using lab = await createLab(TWO);
    const node = lab.clusters.east.nodes.w1;
    const pod = node.pod();
    const file = Bun.file(`${node.cniDir}/results/podnet-${pod.ns.name}-eth0`);
    expect(await file.json()).toMatchObject({
      kind: "cniCacheV1",
      ifName: "eth0",
      netns: pod.ns.path,
      result: { interfaces: expect.arrayContaining([expect.objectContaining({ name: pod.hostInterface })]) },
    });
    const second = await node.addPod();
    expect(second.address(4)).not.toBe(pod.address(4));
    await node.removePod(pod);
    expect(await file.exists()).toBe(false);
    expect(node.pods).toEqual([second]);
  }, 20_000);

  test("gives every node a bpffs of its own", async () => {
    await using lab = await createLab(TWO);
    const devices = lab.nodes.map((node) => statSync(node.bpffs).dev);
    expect(new Set(devices).size).toBe(lab.nodes.length);
  }, 20_000);

  test("leaves nothing and does not touch another lab", async () => {
    const other = await createLab(TWO);
    const lab = await createLab(TWO);
    await lab.traffic.driver(lab.clusters.east.nodes.w1.pod());
    expect(findLeftovers(lab.id).processes).toHaveLength(1);
    await lab[Symbol.asyncDispose]();
    expect(nothingLeft(findLeftovers(lab.id))).toBe(true);
    expect(findLeftovers(other.id).namespaces).toHaveLength(7);
    await other[Symbol.asyncDispose]();
    expect(nothingLeft(findLeftovers(other.id))).toBe(true);
  }, 20_000);

  test("leaves nothing of what is started in it while it is removed", async () => {
    await using lab = await createLab(TWO);
    // One of a kind, by which they are found when their namespaces have no names any more.
    const seconds = `${1_000_000 + process.pid}`;
    const alive = () => readdirSync("/proc").filter((pid) => commandLine(pid) === `sleep\0${seconds}\0`);
    const starting = `for i in $(seq 8000); do setsid sleep ${seconds} & [ $i = 50 ] && echo begun; done; wait`;
    const { ns } = lab.clusters.east.nodes.w1;
    const starter = Bun.spawn(ns.argv(["sh", "-c", starting]), { stdio: ["ignore", "pipe", "ignore"] });
    for await (const _begun of starter.stdout) break;
    expect(alive()).not.toEqual([]);
    await lab[Symbol.asyncDispose]();
    expect(alive()).toEqual([]);
  }, 20_000);

  for (const [signal, left] of [
    ["SIGINT", false],
    ["SIGTERM", false],
    ["SIGKILL", true],
  ] as const) {
    test(`${left ? "is removed by the next of its id" : "removes itself"} after ${signal}`, async () => {
      const id = `t${process.pid.toString(36)}`.slice(0, 8);
      const child = Bun.spawn([process.execPath, "-e", holdALab(id)], { stdout: "pipe", stderr: "inherit" });
      for await (const _ready of child.stdout) break;
      expect(nothingLeft(findLeftovers(id))).toBe(false);
      child.kill(signal);
      await child.exited;
      expect(nothingLeft(findLeftovers(id))).toBe(!left);
      {
        await using _again = await createLab({ ...TWO, id });
      }
      expect(nothingLeft(findLeftovers(id))).toBe(true);
    }, 20_000);
  }

  test("that was kept can be removed by its id", async () => {
    const lab = await createLab(TWO);
    await lab.keep();
    expect(findLeftovers(lab.id).namespaces).not.toHaveLength(0);
    expect(nothingLeft(removeLab(lab.id))).toBe(true);
  }, 20_000);
});

describe("createLab", () => {
  test.each<[string, LabSpec, string]>([
    ["no cluster", { clusters: [] }, "at least one cluster"],
    ["two clusters of one id", { clusters: [cluster("a"), cluster("a")] }, 'cluster id "a" is named twice'],
    ["an id that is no label", { clusters: [cluster("A_")] }, 'cluster id "A_"'],
    ["an MTU below 1280", { clusters: [cluster("a")], mtu: 1279 }, "mtu 1279"],
    ["a lab id with a dash", { clusters: [cluster("a")], id: "a-b" }, 'lab id "a-b"'],
    ["flannel without real nodes", { clusters: [{ ...cluster("a"), cni: "flannel" }] }, 'cni "flannel" wants nodes: "real"'],
    ["a DNS without real nodes", { clusters: [{ ...cluster("a"), dns: true }] }, 'dns wants nodes: "real"'],
    ["an empty list of families", { clusters: [cluster("a")], underlay: { families: [] } }, "underlay: families is empty"],
  ])("refuses %s", async (_what, spec, message) => {
    await expect(createLab(spec)).rejects.toThrow(message);
  });
});

describe("run", () => {
  test("throws with the command and what it wrote to stderr", async () => {
    await expect(run(["sh", "-c", "echo broken >&2; exit 3"])).rejects.toThrow(
      "sh -c echo broken >&2; exit 3: exit code 3: broken",
    );
    expect(await output(["sh", "-c", "exit 3"])).toEqual({ code: 3, stdout: "", stderr: "" });
  });
});

function cluster(id: string) {
  return { id, nodes: [{ name: "n1" }] };
}

/** A program that makes a lab with a traffic program in it and then waits for its end. */
function holdALab(id: string): string {
  return `
    import { createLab } from ${JSON.stringify(new URL("mod.ts", import.meta.url).pathname)};
    const lab = await createLab(${JSON.stringify({ ...TWO, id })});
    await lab.traffic.driver(lab.pods[0]);
    console.log("ready");
    setInterval(() => {}, 1000);`;
}
