// SPDX-License-Identifier: Apache-2.0
/**
 * From one version to another and back, cluster by cluster, under running traffic, each by its own command. STRAIT_BEFORE names a work
 * tree of an earlier commit in which `build_image.ts --native --name localhost/strait:before` has run; without, the other version is
 * the same image under another tag, for which every pod is replaced all the same.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { kubeObstacle, output } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { JoinedLab, TWO_GATEWAYS, TWO_NODES } from "../../control/support/joined_lab.ts";

const BEFORE = process.env["STRAIT_BEFORE"];
const IMAGE = "localhost/strait";

describeIf(await kubeObstacle())("real clusters that change the version", () => {
  let joined: JoinedLab;

  beforeAll(async () => {
    joined = await JoinedLab.create({ east: TWO_GATEWAYS, west: TWO_NODES }, { real: {} });
    for (const label of labels()) {
      const make =
        BEFORE === undefined ? ["tag", `${IMAGE}:0.0.0`, `${IMAGE}:before`] : ["import", `${BEFORE}/build/image/strait.tar`];
      const { code, stderr } = await onNode(label, "ctr", "-n", "k8s.io", "images", ...make);
      expect([label, code, code === 0 ? "" : stderr]).toEqual([label, 0, ""]);
    }
  }, 240_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  const labels = () => joined.lab.nodes.map(({ label }) => label);

  function onNode(label: string, ...argv: string[]) {
    const node = joined.lab.node(label);
    const { pid } = joined.lab.kube(node.cluster).realNode(node);
    return output(["nsenter", `--target=${pid}`, "--mount", "--net", "--pid", "--", ...argv]);
  }

  /** The maps that a node has pinned, each with the number of its pin: a new map would have another. */
  async function maps(label: string): Promise<string> {
    const { stdout } = await onNode(
      label,
      "find",
      "/sys/fs/bpf/strait/v1",
      "-maxdepth",
      "1",
      "-name",
      "strait_*",
      "-type",
      "f",
      "-printf",
      "%p %i\\n",
    );
    return stdout.split("\n").sort().join("\n");
  }

  async function changeTo(cluster: string, version: string): Promise<void> {
    const { gateways } = joined.lab.cluster(cluster);
    const names = gateways.map(({ name }) => name).join(",");
    const argv = ["join", "broker-info.subm", "--context", cluster, "--clusterid", cluster, "--gateway-node", names];
    const old = BEFORE !== undefined && version === "before";
    const command = old ? [process.execPath, "run", `${BEFORE}/apps/cli/main.ts`] : ["strait"];
    const { code, stdout, stderr } = await joined.lab.workstation.exec([...command, ...argv, "--version", version]);
    expect([cluster, version, code, code === 0 ? "" : stdout + stderr]).toEqual([cluster, version, 0, ""]);
    const pods = ["-n", "submariner-operator", "get", "pods", "-o", "jsonpath={.items[*].spec.containers[*].image}"];
    const images = (await joined.lab.workstation.kubectl(cluster, pods)).split(" ");
    expect([...new Set(images)]).toEqual([`${IMAGE}:${version}`]);
  }

  test("lose no packet and keep their maps, down and up again", async () => {
    const before = await Promise.all(labels().map(maps));
    expect(before.filter((text) => text.length < 50)).toEqual([]);
    const load = await joined.load();
    for (const version of ["before", "0.0.0"]) {
      for (const cluster of ["east", "west"]) await changeTo(cluster, version);
      await joined.connected();
      expect(await Promise.all(labels().map(maps))).toEqual(before);
    }
    await load.stopWithoutLoss();
    await joined.trafficPasses();
  }, 240_000);
});
