// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { outputSync } from "@strait/lab";

/** What a lab of real nodes takes of the machine outside its own namespaces. */
export interface MachineState {
  readonly links: readonly string[];
  readonly rules: string;
  readonly mounts: readonly string[];
  readonly controlGroups: readonly string[];
  readonly namespaces: readonly string[];
  readonly folders: readonly string[];
  /** Of programs that only real nodes and their control planes run. */
  readonly processes: readonly string[];
}

/** Programs of a real node or control plane. */
const PROGRAMS = /^(containerd|containerd-shim.*|kubelet|kube-proxy|kube-apiserver|kube-controller.*|kube-scheduler|etcd|runc)$/;

/**
 * What of a lab is there. Others build labs on this machine at the same time: only what carries the name of lab `id` is looked at, and
 * before it has a name, nothing of any lab; links and rules of the machine's own namespace are nobody's.
 */
export function machineState(id?: string): MachineState {
  const ours = (text: string): boolean => id !== undefined && text.includes(id);
  return {
    links: lines(outputSync(["ip", "-o", "link"]).stdout).map((line) => line.split(":")[1]?.trim() ?? ""),
    rules: outputSync(["nft", "list", "tables"]).stdout,
    mounts: lines(readFileSync("/proc/self/mountinfo", "utf8"))
      .map((line) => line.split(" ")[4] ?? "")
      .filter(ours),
    controlGroups: entries("/sys/fs/cgroup").flatMap((hierarchy) => entries(hierarchy).filter(ours)),
    namespaces: entries("/run/netns").filter(ours),
    folders: ["/run/strait-lab", "/var/lib/strait-lab"].flatMap(entries).filter(ours),
    processes: entries("/proc").flatMap((path) => {
      const comm = text(`${path}/comm`).trim();
      return PROGRAMS.test(comm) && ours(text(`${path}/cmdline`) + text(`${path}/cgroup`)) ? [comm] : [];
    }),
  };
}

const lines = (all: string): string[] => all.split("\n").filter((line) => line !== "");

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : [];
}

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // gone meanwhile
  }
}
