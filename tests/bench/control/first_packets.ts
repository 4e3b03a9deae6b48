// SPDX-License-Identifier: Apache-2.0
import { dirname } from "node:path";
import { monotonicMs } from "@strait/ffi";
import { type Family, type KubeCluster, type KubePod, PAUSE_IMAGE } from "@strait/lab";
import { buildProgram } from "../support/build_program.ts";
import { type ClusterKind, joinedBed } from "./joined_bed.ts";

/** Of one pod, in milliseconds. */
export interface FirstPacket {
  /** From the moment before the API server was asked to create the pod until its first packet was answered. */
  readonly created: number;
  /** Of it, from the start of the pod's program. */
  readonly started: number;
}

/** What a pod's program tells, times in nanoseconds; see first_packet.c. */
interface Report {
  readonly name: string;
  readonly started: number;
  readonly answered: number;
}

const PORT = 7100;
/** Where the folder of the program is in a pod. */
const MOUNT = "/tmp/strait-bench";
/** How many pods are created at once in the second half. */
const BURST = 5;
/** Pods before those that count: the clusters are connected then, and every image and program was used once. */
const WARMUP = 10;
/** How long a pod may take, in milliseconds. */
const LIMIT = 60_000;

/**
 * Creates pods in one cluster, half of them one after the other and half in bursts, on a gateway node and a worker by turns, each of which
 * asks a pod of the other cluster over IPv4 or IPv6 as soon as its program runs.
 *
 * @throws Error where a pod is not answered within a minute
 */
export async function firstPackets(kind: ClusterKind, count: number): Promise<FirstPacket[]> {
  const program = await buildProgram("first_packet", ["-static"]);
  const { lab, near, far } = await joinedBed(kind);
  await using _lab = lab;
  using answers = await Answers.start(program, far);
  const one = (number: number) => podOf(kind, near, program, far, `p${number}`, number, answers);
  for (let i = 0; i < WARMUP; i++) await one(i);
  const taken: FirstPacket[] = [];
  for (let i = 0; i < count; ) {
    const many = i < count / 2 ? 1 : BURST;
    taken.push(...(await Promise.all(Array.from({ length: many }, (_, k) => one(WARMUP + i + k)))));
    i += many;
  }
  return taken;
}

async function podOf(
  kind: ClusterKind,
  near: KubeCluster,
  program: string,
  far: KubePod,
  name: string,
  number: number,
  answers: Answers,
): Promise<FirstPacket> {
  const family: Family = number % 4 < 2 ? 4 : 6;
  const told = answers.of(name);
  const asked = monotonicMs();
  await near.request({
    method: "POST",
    path: "/api/v1/namespaces/default/pods",
    body: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: {
        restartPolicy: "Never",
        nodeSelector: { "kubernetes.io/hostname": number % 2 === 0 ? "gw1" : "w1" },
        volumes: [{ name: "bench", hostPath: { path: dirname(program) } }],
        containers: [
          {
            name: "main",
            // Real nodes pull nothing: theirs is the one that all have. The stand-ins do not look at it.
            image: kind === "real" ? PAUSE_IMAGE : "strait-lab",
            command: [`${MOUNT}/first_packet`, "ask", far.address(family), `${PORT}`, name],
            volumeMounts: [{ name: "bench", mountPath: MOUNT, readOnly: true }],
          },
        ],
      },
    },
  });
  const { started, answered } = await told;
  return { created: answered / 1e6 - asked, started: (answered - started) / 1e6 };
}

/** The program in the far pod, which hears from all others. */
class Answers implements Disposable {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "inherit">;
  readonly #waiting = new Map<string, (report: Report) => void>();

  private constructor(child: Bun.Subprocess<"ignore", "pipe", "inherit">) {
    this.#child = child;
  }

  static async start(program: string, far: KubePod): Promise<Answers> {
    const argv = far.ns.argv([program, "serve", `${PORT}`]);
    const answers = new Answers(Bun.spawn(argv, { stdin: "ignore", stdout: "pipe", stderr: "inherit" }));
    const { promise, resolve } = Promise.withResolvers<void>();
    void answers.#read(resolve);
    await promise;
    return answers;
  }

  /** What a pod will tell. */
  of(name: string): Promise<Report> {
    const { promise, resolve, reject } = Promise.withResolvers<Report>();
    const timer = setTimeout(() => reject(new Error(`pod ${name} had no answer after ${LIMIT / 1000} s`)), LIMIT);
    this.#waiting.set(name, (report) => {
      clearTimeout(timer);
      resolve(report);
    });
    return promise;
  }

  async #read(ready: () => void): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const told = JSON.parse(line) as Report | { readonly ready: true };
        if ("ready" in told) ready();
        else this.#waiting.get(told.name)?.(told);
      }
    }
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
  }
}
