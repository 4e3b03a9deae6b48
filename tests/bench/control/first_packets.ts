// SPDX-License-Identifier: Apache-2.0
import { dirname } from "node:path";
import { monotonicMs } from "@strait/ffi";
import { type Family, type KubeCluster, type KubePod, type Node, PAUSE_IMAGE, RelayError } from "@strait/lab";
import { buildProgram } from "../support/build_program.ts";
import { Answers } from "./answers.ts";
import type { JoinedBed } from "./joined_bed.ts";
import { podTimes } from "./pod_times.ts";

/** Of one pod, in milliseconds; the four parts after another are all of it. */
export interface FirstPacket {
  /** From the moment before the API server was asked to create the pod until its first packet was answered. */
  readonly created: number;
  /** Until the kubelet of its node heard of it: API server, scheduler, watches. */
  readonly seen: number;
  /** From then until the CNI plugin had wired it. */
  readonly wired: number;
  /** From then until its program ran. */
  readonly started: number;
  /** From then until its first packet was answered: what it waited for Strait. */
  readonly answered: number;
  /** From wired until Strait's program stood at its interface, which nobody has to wait for while the container starts. */
  readonly attached: number;
}

/** Whose pods ask whom. */
export interface PodPair {
  readonly near: KubeCluster;
  readonly far: KubePod;
}

const PORT = 7100;
/** Where the folder of the program is in a pod. */
const MOUNT = "/tmp/strait-bench";
/** How many pods are created at once in the second half. */
const BURST = 5;
/** Pods before those that count: the clusters are connected then, and every image and program was used once. */
const WARMUP = 6;
/** How long a pod may take to go, in milliseconds. */
const GONE_LIMIT = 60_000;

/**
 * Creates pods in one cluster, half of them one after the other and half in bursts, on a gateway node and a worker by turns, each of which
 * asks a pod of the other cluster over IPv4 or IPv6 as soon as its program runs. The next are created when those before are gone.
 *
 * @throws Error where a pod is not answered within a minute
 */
export async function firstPackets({ kind, lab }: JoinedBed, { near, far }: PodPair, count: number): Promise<FirstPacket[]> {
  const program = await buildProgram("first_packet", ["-static"]);
  using answers = await Answers.start(program, far, PORT);
  const batch = async (first: number, many: number): Promise<FirstPacket[]> => {
    const numbers = Array.from({ length: many }, (_, k) => first + k);
    const taken = await Promise.all(numbers.map((number) => podOf(number)));
    await Promise.all(numbers.map((number) => goneFrom(near, nameOf(number))));
    return taken;
  };
  const podOf = async (number: number): Promise<FirstPacket> => {
    const name = nameOf(number);
    const family: Family = number % 4 < 2 ? 4 : 6;
    const node = lab.node(`${near.cluster.id}/${number % 2 === 0 ? "gw1" : "w1"}`);
    const told = answers.of(name);
    const asked = monotonicMs();
    const command = [`${MOUNT}/first_packet`, "ask", far.address(family), `${PORT}`, name];
    const body = podBody(name, node, command, dirname(program), kind === "real");
    const { metadata } = (await near.request({ method: "POST", path: PODS, body })) as {
      readonly metadata: { readonly uid: string };
    };
    const { started, answered } = await told;
    // Files are stamped by the clock of the day.
    const monotonic = monotonicMs() - Date.now();
    const times = await podTimes(near, node, { name, uid: metadata.uid }, kind === "real");
    const [seen, wired, attached] = [times.seen + monotonic, times.wired + monotonic, times.attached + monotonic];
    return {
      created: answered / 1e6 - asked,
      seen: seen - asked,
      wired: wired - seen,
      started: started / 1e6 - wired,
      answered: (answered - started) / 1e6,
      attached: attached - wired,
    };
  };
  for (let i = 0; i < WARMUP; i++) await batch(i, 1);
  const taken: FirstPacket[] = [];
  while (taken.length < count) {
    const many = taken.length < count / 2 ? 1 : Math.min(BURST, count - taken.length);
    taken.push(...(await batch(WARMUP + taken.length, many)));
  }
  return taken;
}

const PODS = "/api/v1/namespaces/default/pods";

const nameOf = (number: number): string => `p${number}`;

function podBody(name: string, node: Node, command: readonly string[], folder: string, real: boolean): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 1,
      nodeSelector: { "kubernetes.io/hostname": node.name },
      volumes: [{ name: "bench", hostPath: { path: folder } }],
      containers: [
        {
          name: "main",
          // Real nodes pull nothing: theirs is the one that all have. The stand-ins do not look at it.
          image: real ? PAUSE_IMAGE : "strait-lab",
          command,
          volumeMounts: [{ name: "bench", mountPath: MOUNT, readOnly: true }],
        },
      ],
    },
  };
}

/** Deletes a pod and waits until it is gone: what its end costs is not to fall into the time of the next. */
async function goneFrom(near: KubeCluster, name: string): Promise<void> {
  const path = `${PODS}/${name}`;
  await near.request({ method: "DELETE", path });
  for (const end = performance.now() + GONE_LIMIT; ; await Bun.sleep(20)) {
    try {
      await near.request({ method: "GET", path });
    } catch (error) {
      if (error instanceof RelayError && error.status === 404) return;
      throw error;
    }
    if (performance.now() > end) throw new Error(`pod ${name} is not gone after ${GONE_LIMIT / 1000} s`);
  }
}
