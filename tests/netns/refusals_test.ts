// SPDX-License-Identifier: Apache-2.0
/** Nodes that cannot carry Strait, and files that cannot be: each app ends with one sentence that says what to change, and its code. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync } from "node:fs";
import { type AppName, appArgv, type CommandOutput, createLab, labObstacle, type Node, writeConfig } from "@strait/lab";
import { CAPABILITIES } from "@strait/manifests";
import { describeIf } from "@strait/testkit";
import { patience } from "../support/slow.ts";
import { withCapabilities } from "./support/capability_sets.ts";
import { type NodeState, nodeState } from "./support/node_state.ts";

const APPS: readonly AppName[] = ["gateway", "routeagent"];

describeIf(labObstacle())("an app that cannot work here", () => {
  const make = () =>
    createLab({
      clusters: [
        { id: "east", nodes: [{ name: "gw1", gateway: true }] },
        { id: "west", nodes: [{ name: "gw1", gateway: true }] },
      ],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  let node: Node;
  let before: NodeState;
  beforeAll(async () => {
    lab = await make();
    node = lab.clusters.east.nodes.gw1;
    before = await nodeState(node);
  }, patience(20_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  /** Runs an app that must end by itself; `around` is put in front of its command line. */
  const start = async (
    name: AppName,
    change: Record<string, unknown>,
    around: readonly string[] = [],
  ): Promise<CommandOutput> => {
    const config = await writeConfig(lab.clusterList, node, name, change);
    return node.exec([...around, ...appArgv(name, config)], { signal: AbortSignal.timeout(patience(20_000)) });
  };
  /** What a user reads: the reasons of the log's errors, or plain lines. */
  const sentences = ({ stderr }: CommandOutput) =>
    stderr
      .trim()
      .split("\n")
      .filter((line) => !line.includes(" level=") || line.includes("level=error"));

  const NODES: readonly (readonly [string, Record<string, unknown>, readonly string[], RegExp])[] = [
    ["without a bpffs", { pinDir: "/run/strait-lab/PLAIN" }, [], /bpffs.*mount -t bpf bpf/],
    [
      "without permission",
      {},
      ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"],
      /this process lacks CAP_NET_ADMIN and CAP_BPF and CAP_PERFMON: the dataplane needs/,
    ],
    // Of what the DaemonSets have; without a file they ask for NET_RAW too (libs/dataplane/preflight_test.ts).
    ...CAPABILITIES.filter((name) => name !== "NET_RAW").map(
      (name) =>
        [
          `with the DaemonSets' capabilities but for ${name}`,
          {},
          withCapabilities(CAPABILITIES.filter((other) => other !== name)),
          new RegExp(`this process lacks CAP_${name}: the dataplane needs`),
        ] as const,
    ),
    [
      "without the kernel's BTF",
      {},
      ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /sys/kernel/btf && exec "$@"', "sh"],
      /no BTF.*CONFIG_DEBUG_INFO_BTF/,
    ],
    ["without the compiled programs", {}, ["env", "STRAIT_BPF_OBJECT=/nowhere/encap.o"], /\/nowhere\/encap\.o.*justw build/],
  ];
  for (const name of APPS) {
    describe(`the ${name}`, () => {
      for (const [what, change, around, sentence] of NODES) {
        test(`${what} says so in one sentence and ends with 1`, async () => {
          const plain = `${lab.dir}/plain`;
          mkdirSync(plain, { recursive: true });
          const said = await start(name, "pinDir" in change ? { pinDir: `${plain}/strait` } : change, around);
          expect(said).toMatchObject({ code: 1, stdout: "" });
          expect(sentences(said)).toHaveLength(1);
          expect(sentences(said)[0]).toMatch(sentence);

          expect(said.stderr).not.toMatch(/\n\s+at /); // no stack: it is the node that is to blame
          expect(readdirSync(plain)).toEqual([]);
        });
      }

      const FILES: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
        ["an unknown key", { colour: "red" }, /"colour"/],
        ["host bits", { subnets: ["10.1.2.3/16"] }, /10\.1\.2\.3\/16 has host bits set: write 10\.1\.0\.0\/16/],
        [
          "a cluster that overlaps the own one",
          { clusters: [{ id: "west", subnets: ["10.1.128.0/17"], gateways: [{ name: "gw1", addresses: ["172.31.9.3"] }] }] },
          /10\.1\.128\.0\/17.*overlap/,
        ],
        [
          "a peer inside its own subnets",
          { clusters: [{ id: "west", subnets: ["10.2.0.0/16"], gateways: [{ name: "gw1", addresses: ["10.2.9.3"] }] }] },
          /10\.2\.9\.3/,
        ],
        [
          "two clusters of one id",
          {
            clusters: [2, 3].map((n) => ({
              id: "west",
              subnets: [`10.${n}.0.0/16`],
              gateways: [{ name: "gw1", addresses: [`172.31.9.${n + 1}`] }],
            })),
          },
          /west is there twice/,
        ],
        ["an MTU below 1280", { mtu: 1279 }, /MTU 1279 is below 1280/],
        ["a node that is not among the nodes", { node: "gw7" }, /gw7/],
      ];
      test.each(FILES)("refuses a file with %s, by line and reason, and ends with 2", async (_what, change, reason) => {
        const said = await start(name, change);
        expect(said).toMatchObject({ code: 2, stdout: "" });
        for (const line of sentences(said)) expect(line).toMatch(/^\/\S+\.yaml:\d+: /);
        expect(said.stderr).toMatch(reason);
      });
    });
  }

  test("leaves the node as it was, whatever it could not do", async () => {
    expect(await nodeState(node)).toEqual(before);
  });
});
