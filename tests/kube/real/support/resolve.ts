// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, statSync } from "node:fs";
import { type Family, type KubePod, output } from "@strait/lab";

/**
 * What a name means to programs of a pod: the C library asks whom the kubelet wrote into the pod's resolv.conf, with its search
 * path. The lowest address first; none where there is no answer.
 *
 * @example
 * await resolve(pod, "kubernetes.default.svc.cluster.local", 4); // ["10.101.0.1"]
 */
export async function resolve(pod: KubePod, name: string, family: Family): Promise<readonly string[]> {
  // In a mount namespace of its own; what lies in the pod's cannot be mounted here, so it is copied.
  const script = `mount --make-rprivate / && mount -t tmpfs tmpfs /mnt && cat > /mnt/resolv.conf && mount --bind /mnt/resolv.conf /etc/resolv.conf && exec getent "$1" "$2"`;
  const inPod = ["nsenter", `--net=${pod.ns.path}`, "unshare", "--mount", "sh", "-c", script, "sh"];
  const { code, stdout, stderr } = await output([...inPod, `ahostsv${family}`, name], { stdin: resolvConf(pod) });
  // getent's word for "no such name".
  if (code !== 0 && code !== 2) throw new Error(`${pod.label} cannot ask for ${name}: ${stderr}`);
  return [...new Set(stdout.split("\n").flatMap((line) => line.split(/\s+/)[0] || []))].sort();
}

/** The text of a pod's resolv.conf, by a process in it. What tests run in its network has the machine's files. */
function resolvConf(pod: KubePod): string {
  const { ino } = statSync(pod.ns.path);
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (statSync(`/proc/${pid}/ns/net`).ino !== ino || readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== "pause") continue;
      return readFileSync(`/proc/${pid}/root/etc/resolv.conf`, "utf8");
    } catch {} // gone meanwhile
  }
  throw new Error(`${pod.label} has no process`);
}
