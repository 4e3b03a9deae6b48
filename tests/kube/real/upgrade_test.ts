// SPDX-License-Identifier: Apache-2.0
/**
 * From one version to another and back, cluster by cluster, under running traffic, each by its own command and image; and a node that
 * a later version has taken over, which an earlier one leaves alone. STRAIT_BEFORE names another earlier commit or tag.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { BpfMap } from "@strait/ffi";
import { kubeObstacle, output } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { JoinedLab, TWO_GATEWAYS, TWO_NODES } from "../../control/support/joined_lab.ts";
import { type EarlierVersion, earlierObstacle, earlierVersion } from "./support/earlier_version.ts";

const IMAGE = "localhost/strait";
const PINS = "/sys/fs/bpf/strait";
const VERSIONS = ["before", "0.0.0"] as const;
type Version = (typeof VERSIONS)[number];

describeIf(kubeObstacle() ?? (await earlierObstacle()))("real clusters that change the version", () => {
  let joined: JoinedLab;
  let earlier: EarlierVersion;

  beforeAll(async () => {
    earlier = await earlierVersion();
    joined = await JoinedLab.create({ east: TWO_GATEWAYS, west: TWO_NODES }, { real: {} });
    for (const label of labels()) await onNode(label, "ctr", "-n", "k8s.io", "images", "import", earlier.tar);
  }, 300_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  const labels = () => joined.lab.nodes.map(({ label }) => label);
  const kubectl = (cluster: string, ...argv: string[]) =>
    joined.lab.workstation.kubectl(cluster, ["-n", "submariner-operator", ...argv]);

  /** A command in the namespaces of a node, which must succeed. */
  async function onNode(label: string, ...argv: string[]): Promise<string> {
    const node = joined.lab.node(label);
    const { pid } = joined.lab.kube(node.cluster).realNode(node);
    const { code, stdout, stderr } = await output(["nsenter", `--target=${pid}`, "--mount", "--net", "--pid", "--", ...argv]);
    expect([label, argv.join(" "), code, code === 0 ? "" : stderr]).toEqual([label, argv.join(" "), 0, ""]);
    return stdout;
  }

  /** The maps that a node has pinned, each with the number of its pin: a new map would have another. */
  async function maps(label: string): Promise<string[]> {
    const found = await onNode(label, "find", `${PINS}/v1`, "-maxdepth", "1", "-name", "strait_*", "-printf", "%p %i\\n");
    return found.trim().split("\n").sort();
  }

  function join(cluster: string, version: Version, ...more: string[]) {
    const { gateways } = joined.lab.cluster(cluster);
    const names = gateways.map(({ name }) => name).join(",");
    const argv = ["join", "broker-info.subm", "--context", cluster, "--clusterid", cluster, "--gateway-node", names];
    const command = version === "before" ? earlier.command : ["strait"];
    return joined.lab.workstation.exec([...command, ...argv, "--version", version, ...more]);
  }

  async function changeTo(cluster: string, version: Version): Promise<void> {
    const { code, stdout, stderr } = await join(cluster, version);
    expect([cluster, version, code, code === 0 ? "" : stdout + stderr]).toEqual([cluster, version, 0, ""]);
    const images = (await kubectl(cluster, "get", "pods", "-o", "jsonpath={.items[*].spec.containers[*].image}")).split(" ");
    expect([...new Set(images)]).toEqual([`${IMAGE}:${version}`]);
  }

  test("lose no packet and keep their maps, down and up again", async () => {
    const before = await Promise.all(labels().map(maps));
    expect(before.filter((pins) => pins.length < 5)).toEqual([]);
    const load = await joined.load();
    for (const version of VERSIONS) {
      for (const cluster of ["east", "west"]) await changeTo(cluster, version);
      await joined.connected();
      // A version may have maps of its own besides, which stay for its return.
      const now = await Promise.all(labels().map(maps));
      expect(now.map((pins, index) => pins.filter((pin) => before[index]?.includes(pin)))).toEqual(before);
    }
    await load.stopWithoutLoss();
    await joined.trafficPasses();
  }, 400_000);

  test("are not touched by an earlier version where a later one's maps are: it says what to do, and nothing is lost", async () => {
    const label = "east/w1";
    const before = await maps(label);
    const load = await joined.load();
    // What a version with another layout would leave beside the maps that forward now.
    await onNode(label, "mkdir", "-p", `${PINS}/v2/made_by/9_1_0`);
    const node = joined.lab.node(label);
    const pins = `/proc/${joined.lab.kube("east").realNode(node).pid}/root${PINS}`;
    using hops = BpfMap.openPinned(`${pins}/v1/strait_hops`);
    hops.pin(`${pins}/v2/strait_hops`);
    const pods = ["pods", "-l", "app=submariner-routeagent", "--field-selector", "spec.nodeName=w1"];
    await kubectl("east", "delete", ...pods);
    const refused = await join("east", "0.0.0", "--wait-timeout", "60");
    expect(refused.stdout).toMatch(
      /pod submariner-routeagent-\S+: .*\/v2 holds maps of layout v2, pinned by Strait 9\.1\.0, and this version knows layout v1 only: run Strait 9\.1\.0 or a later one on this node, or take Strait off it first.* on node w1/,
    );
    expect(refused.code).toBe(1);
    expect(await maps(label)).toEqual(before);
    await onNode(label, "rm", "-r", `${PINS}/v2`);
    await kubectl("east", "delete", ...pods);
    await changeTo("east", "0.0.0");
    expect(await maps(label)).toEqual(before);
    await load.stopWithoutLoss();
  }, 300_000);
});
