// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import type { KubeCluster, Node } from "@strait/lab";

/** When what happened to a pod before its program ran, in milliseconds since 1970. */
export interface PodTimes {
  /** The kubelet of its node heard of it. */
  readonly seen: number;
  /** The CNI plugin was done, and what it did recorded. */
  readonly wired: number;
  /** Strait's program stood at the pod's interface. */
  readonly attached: number;
}

/** How long the program may keep us waiting, in milliseconds. */
const ATTACH_LIMIT = 10_000;

/** A pod as the API server answered. */
export interface CreatedPod {
  readonly name: string;
  readonly uid: string;
}

/**
 * The times of a pod that runs, on a node whose CNI plugin gives each pod an interface of its own, read from what everybody leaves behind:
 * a stand-in's files, a real kubelet's log; the record of the CNI runtime; the pin of the attachment.
 *
 * @throws Error where one of them is not there
 */
export async function podTimes(kube: KubeCluster, node: Node, pod: CreatedPod, real: boolean): Promise<PodTimes> {
  const dir = real ? kube.realNode(node).dir : node.dir;
  const seen = real
    ? heardOf(readFileSync(`${dir}/log/kubelet.log`, "utf8"), pod.name, new Date())
    : writtenAt(`${dir}/kubelet/pods/${pod.uid}/pod.json`);
  if (seen === undefined) throw new Error(`the kubelet of ${node.label} says nothing of pod ${pod.name}`);
  const { file, link } = recordOf(real ? `${dir}/cni/results` : `${node.cniDir}/results`, pod);
  const [{ ifindex }] = JSON.parse(await node.ns.run(["ip", "-j", "link", "show", "dev", link])) as [
    { readonly ifindex: number },
  ];
  const bpffs = real ? `/proc/${kube.realNode(node).pid}/root/sys/fs/bpf` : node.bpffs;
  const pin = `${bpffs}/strait/v1/links/pod-${ifindex}-ingress`;
  // Packets of a pod pass without it too, by the routes of its node: it may come after the first of them.
  for (const end = performance.now() + ATTACH_LIMIT; !existsSync(pin); await Bun.sleep(5)) {
    if (performance.now() > end)
      throw new Error(`${node.label}: no program of ours at ${link}, the interface of pod ${pod.name}`);
  }
  return { seen, wired: writtenAt(file), attached: writtenAt(pin) };
}

/**
 * When a kubelet's log says that it heard of a pod: `I1121 19:47:55.123456 77 kubelet.go:2426] "SyncLoop ADD" source="api" pods=["default/web"]`.
 * Its lines have no year, and the time of day of this machine.
 */
export function heardOf(log: string, pod: string, now: Date): number | undefined {
  const line = log.split("\n").find((each) => each.includes('"SyncLoop ADD"') && each.includes(`"default/${pod}"`));
  const found = /^I(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6})/.exec(line ?? "");
  if (!found) return undefined;
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0, micro = 0] = found.slice(1).map(Number);
  return new Date(now.getFullYear(), month - 1, day, hour, minute, second).getTime() + micro / 1000;
}

const writtenAt = (file: string): number => statSync(file).mtimeMs;

interface CniRecord {
  readonly containerId?: string;
  readonly cniArgs?: readonly (readonly [string, string])[];
  readonly ifName?: string;
  readonly result?: { readonly interfaces?: readonly { readonly name: string; readonly sandbox?: string }[] };
}

/** The record of a pod's network in libcni's cache, and the host's end of its interface. */
function recordOf(results: string, { name, uid }: CreatedPod): { file: string; link: string } {
  for (const entry of readdirSync(results)) {
    const file = `${results}/${entry}`;
    const { containerId = "", cniArgs = [], ifName, result } = JSON.parse(readFileSync(file, "utf8")) as CniRecord;
    // The bridge plugin names its bridge first.
    const link = result?.interfaces?.findLast(({ sandbox }) => !sandbox)?.name;
    const own = Object.fromEntries(cniArgs)["K8S_POD_NAME"] === name || containerId.endsWith(`-${name}-${uid.slice(0, 5)}`);
    if (own && ifName !== "lo" && link !== undefined) return { file, link };
  }
  throw new Error(`no record of the network of pod ${name} in ${results}`);
}
