// SPDX-License-Identifier: Apache-2.0
/** The lanes of `./justw test`: which files, what they need of the machine, how long one test may take. */
import { type Needs, requires } from "@strait/testkit";

export interface Lane {
  readonly name: string;
  /** Globs of test files, relative to the root of the repository. */
  readonly files: readonly string[];
  /** Added to the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** Why the lane cannot run on this machine; undefined when it can. */
  readonly obstacle: () => string | undefined | Promise<string | undefined>;
  /** Limit for one test that sets none itself. */
  readonly timeoutMs: number;
  /** Whether each file builds a world of its own, so that files can run beside each other and beside other lanes, in processes of their own. */
  readonly apart?: true;
  /** Of a lane that runs files apart: those whose worlds are so large that one is enough. They begin first, one after the other. */
  readonly large?: string;
  /** Of a lane that runs files apart: those that hardly work and wait long. They have a place of their own, one after the other. */
  readonly waits?: readonly string[];
  /** Scripts that build what the tests need, run before `obstacle` is asked. One that fails has said why, and the obstacle is what is missing. */
  readonly prepare?: readonly (readonly string[])[];
  /** Files among them that it leaves out. */
  readonly except?: readonly string[];
  /** Why the lane runs only when it is named; one line. */
  readonly byName?: string;
  /** A lane whose preparation this one waits for where both run. */
  readonly after?: string;
}

const needs = (what: Needs) => () => requires(what);
const control = ["tests/control/**/*_test.ts", "tests/kube/conformance/**/*_test.ts"];
/** For phases of gateways that leave, and for what is noticed by its silence. */
const waits = ["tests/control/gateway_moves_test.ts", "tests/control/watches_test.ts"];
const controlNeeds = { root: true, commands: ["ip", "setpriv"] };

/** What these look at on light nodes, life_test.ts, gateway_life_test.ts, install_test.ts and readme_test.ts see on whole real clusters. */
const longOnes = ["api_away", "apps_killed", "demo", "gateway_moves", "gateway_truth", "join_refusals", "members", "watches"].map(
  (name) => `tests/control/${name}_test.ts`,
);

/** What runs on the real Kubernetes. */
const onKube = {
  env: { STRAIT_KUBE: "real" },
  prepare: [["tools/build_kube.ts"], ["tools/image/build_image.ts", "--native"]],
  // Imported when it is asked: a lab that does not load is no reason for the other lanes to fail.
  obstacle: async () => requires(controlNeeds) ?? (await import("@strait/lab")).kubeObstacle(),
  timeoutMs: 180_000,
  apart: true,
} as const satisfies Partial<Lane>;

export const lanes: readonly Lane[] = [
  {
    name: "unit",
    files: ["libs/**/*_test.ts", "apps/**/*_test.ts", "tools/**/*_test.ts", "tests/bench/**/*_test.ts"],
    obstacle: needs({}),
    timeoutMs: 30_000,
  },
  {
    name: "repo",
    files: ["tests/repo/**/*_test.ts", "tests/support/**/*_test.ts"],
    obstacle: needs({ commands: ["git"] }),
    timeoutMs: 30_000,
  },
  {
    name: "vm",
    files: ["tests/vm/**/*_test.ts"],
    after: "kube", // whose compiler wants the processors first: everything on whole clusters waits for it
    obstacle: needs({ commands: ["qemu-system-x86_64"] }),
    timeoutMs: 1_200_000,
  },
  { name: "bpf", files: ["tests/bpf/**/*_test.ts"], obstacle: needs({ root: true }), timeoutMs: 60_000 },
  {
    name: "netns",
    files: ["tests/netns/**/*_test.ts"],
    obstacle: needs({ root: true, commands: ["ip"] }),
    timeoutMs: 180_000,
    apart: true,
  },
  {
    // Files of lane control on the real Kubernetes; what is about that alone; and Strait in its image, installed by its command into
    // clusters whose nodes have a kubelet and a containerd.
    name: "kube",
    files: [...control, "tests/kube/**/*_test.ts"],
    except: longOnes,
    large: "tests/kube/real/",
    ...onKube,
  },
  {
    name: "control",
    files: control,
    env: { STRAIT_KUBE: "light" },
    after: "kube", // its kubectl
    waits,
    obstacle: needs(controlNeeds),
    timeoutMs: 180_000,
    apart: true,
  },
  {
    name: "control-kube",
    files: longOnes,
    waits,
    ...onKube,
    byName: "it is lane control on the real Kubernetes, as far as lane kube leaves it out",
  },
];

/** The test files of a lane, sorted. */
export async function filesOf(lane: Lane): Promise<string[]> {
  const found = await Promise.all(lane.files.map((glob) => Array.fromAsync(new Bun.Glob(glob).scan("."))));
  const wanted = (path: string) => !path.includes("node_modules/") && !lane.except?.includes(path);
  return [...new Set(found.flat())].filter(wanted).sort();
}
