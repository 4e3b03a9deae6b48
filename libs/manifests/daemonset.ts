// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "@strait/k8s";
import { MANAGED_BY } from "./names.ts";

/** An environment variable of a container. */
export type EnvVar =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly valueFrom: { readonly fieldRef: { readonly fieldPath: string } } };

/** What a DaemonSet of ours is made from. */
export interface DaemonSetParts {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly EnvVar[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly volumes: readonly object[];
  readonly volumeMounts: readonly object[];
  /** Seconds it is given to hand over. */
  readonly graceSeconds: number;
  /** Where it answers probes and scrapers, on loopback of the node. */
  readonly probePort: number;
  readonly resources: Resources;
  readonly capabilities: readonly string[];
}

/** What a container is promised. No limits: an app that is held back cannot follow its cluster, and one that is killed starts anew. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
}

/** Where an app finds the node's /proc/sys/net and /sys once more, to write: in a container both are read-only. */
const HOST_ROOT = "/mnt/host";

/** What the apps ask of the kernel (capabilities(7)): programs and maps; links, routes and sysctls; pointers in programs; ICMP probes. */
export const CAPABILITIES: readonly string[] = ["BPF", "NET_ADMIN", "PERFMON", "NET_RAW"];

/**
 * Linux before 6.6 attaches programs as clsact filters, where ours are known among others by their names, and names of running
 * programs may be read with SYS_ADMIN only (libs/dataplane/preflight.ts asks for it there).
 */
const OLDER_KERNELS: readonly string[] = [...CAPABILITIES, "SYS_ADMIN"];

/** What a container gets on such kernels or newer ones. */
export function capabilitiesFor(olderKernels: boolean): readonly string[] {
  return olderKernels ? OLDER_KERNELS : CAPABILITIES;
}

/**
 * Whether a node's kernel is older than Linux 6.6; one that does not say is. Example: `isOlderKernel("5.15.0-91-generic")`.
 *
 * @param version as a Node's status.nodeInfo.kernelVersion has it
 */
export function isOlderKernel(version: string | undefined): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? "") ?? [];
  return major === undefined || Number(major) < 6 || (Number(major) === 6 && Number(minor) < 6);
}

/**
 * The collector of garbage lets the heap grow by a share of the machine's memory before it works: with 100 000 pods most of what is
 * resident is then garbage. As if the machine had 256 MB it works earlier, which costs some CPU per change (docs/benchmarks.md has both).
 */
export const HEAP = { name: "BUN_JSC_forceRAMSize", value: `${256 * 1024 * 1024}` } as const satisfies EnvVar;

/** Variables every app gets. */
export const downward: readonly EnvVar[] = [
  HEAP,
  { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
  { name: "STRAIT_HOST_ROOT", value: HOST_ROOT },
  { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
];

/**
 * What both apps need of the node: pinned programs and maps, the folder of their state, the CNI's records (to read); the reverse path
 * filter of our devices and the receive packet steering of uplinks (to write).
 */
export const nodeFolders = {
  volumes: [
    { name: "bpffs", hostPath: { path: "/sys/fs/bpf", type: "Directory" } },
    { name: "run", hostPath: { path: "/run/strait", type: "DirectoryOrCreate" } },
    { name: "cni", hostPath: { path: "/var/lib/cni", type: "DirectoryOrCreate" } },
    { name: "sysctl", hostPath: { path: "/proc/sys/net", type: "Directory" } },
    { name: "sysfs", hostPath: { path: "/sys", type: "Directory" } },
  ],
  volumeMounts: [
    { name: "bpffs", mountPath: "/sys/fs/bpf", mountPropagation: "HostToContainer" },
    { name: "run", mountPath: "/run/strait" },
    { name: "cni", mountPath: "/var/lib/cni", readOnly: true },
    { name: "sysctl", mountPath: `${HOST_ROOT}/proc/sys/net` },
    { name: "sysfs", mountPath: `${HOST_ROOT}/sys` },
  ],
} as const;

/**
 * Neither probe looks at an API server or a broker: an app that waits for one is alive, and ready once its node carries the traffic.
 * A process is started again only after a minute without any answer, which no load explains.
 */
function probes(port: number) {
  const ask = (path: string) => ({ httpGet: { host: "127.0.0.1", path, port, scheme: "HTTP" } });
  return {
    readinessProbe: { ...ask("/readyz"), periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 },
    livenessProbe: { ...ask("/healthz"), initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  };
}

/**
 * A DaemonSet on the host network that tolerates every taint and is renewed one node at a time: the data path goes on while an
 * app is away, so the order of nodes matters more than speed.
 */
export function daemonSet(parts: DaemonSetParts): Manifest {
  const labels = { app: parts.name, component: parts.name.replace(/^submariner-/, ""), ...MANAGED_BY };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: parts.name, namespace: parts.namespace, labels },
    spec: {
      selector: { matchLabels: { app: parts.name } },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: parts.name,
          hostNetwork: true,
          dnsPolicy: "ClusterFirstWithHostNet",
          priorityClassName: "system-node-critical",
          terminationGracePeriodSeconds: parts.graceSeconds,
          tolerations: [{ operator: "Exists" }],
          ...(parts.nodeSelector && { nodeSelector: parts.nodeSelector }),
          containers: [
            {
              name: parts.name,
              image: parts.image,
              imagePullPolicy: "IfNotPresent",
              command: parts.command,
              env: [...downward, ...parts.env],
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"], add: parts.capabilities },
                seccompProfile: { type: "RuntimeDefault" },
              },
              ...probes(parts.probePort),
              resources: parts.resources,
              terminationMessagePolicy: "FallbackToLogsOnError",
              volumeMounts: parts.volumeMounts,
            },
          ],
          volumes: parts.volumes,
        },
      },
    },
  };
}
