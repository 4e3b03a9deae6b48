// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ok, type Result } from "@strait/model";
import { containerCommand, straitCommand } from "./container_command.ts";
import { containerEnv } from "./container_env.ts";
import type { Launch } from "./container_process.ts";
import type { KubeletConfig } from "./kubelet_config.ts";
import { mountScript } from "./mount_script.ts";
import type { Lookup } from "./pod_objects.ts";
import type { ContainerSpec, KubeletPod } from "./pod_types.ts";
import type { Sandbox } from "./sandbox.ts";
import { mountsOf } from "./volumes.ts";

/** What a container is started from. */
export interface LaunchParts {
  readonly config: KubeletConfig;
  readonly pod: KubeletPod;
  readonly podDir: string;
  readonly sandbox: Sandbox;
  readonly lookup: Lookup;
}

/**
 * What to start a container with, in the run folder `runDir`, or why it cannot be. Kept in the pod's folder, so that a
 * stand-in that came back while the API server is away can start the container again with it.
 */
export function launchOf(parts: LaunchParts, container: ContainerSpec, runDir: string): Result<Launch> {
  const { config, pod, podDir, sandbox, lookup } = parts;
  const facts = { hostIPs: config.addresses, podIPs: sandbox.podIPs };
  const env = containerEnv(pod, container, facts, lookup, baseEnv(config, pod, container));
  if (!env.ok) return env;
  const argv = containerCommand(container, env.value);
  if (!argv.ok) return argv;
  const mounts = mountsOf(podDir, config.hostPaths, pod, container, runDir);
  if (!mounts.ok) return mounts;
  const root = `${config.dir}/root`;
  const overlay = `${root}/overlay/${pod.metadata.uid}-${container.name}`;
  const script = mountScript({ root, overlay, mounts: mounts.value, exists: existsSync });
  if (!script.ok) return script;
  const launch = {
    argv: argv.value,
    env: env.value,
    cwd: container.workingDir ?? "/",
    netns: sandbox.netns,
    script: script.value,
  };
  writeFileSync(keptIn(podDir, container), JSON.stringify({ launch, runDir }), { mode: 0o600 });
  return ok(launch);
}

/** What {@link launchOf} found when the container was started last, for another run folder; undefined where it never was. */
export function keptLaunch(podDir: string, container: ContainerSpec, runDir: string): Launch | undefined {
  const file = keptIn(podDir, container);
  if (!existsSync(file)) return undefined;
  const kept = JSON.parse(readFileSync(file, "utf8")) as { readonly launch: Launch; readonly runDir: string };
  return { ...kept.launch, script: kept.launch.script.replaceAll(`${kept.runDir}/`, `${runDir}/`) };
}

function keptIn(podDir: string, container: ContainerSpec): string {
  return `${podDir}/launch-${container.name}.json`;
}

/** What an image and a kubelet would give, and where `strait` answers: on a socket in the folder its node keeps for it. */
function baseEnv(config: KubeletConfig, pod: KubeletPod, container: ContainerSpec): Record<string, string> {
  const app = straitCommand(container);
  const { PATH = "" } = process.env;
  return {
    PATH: `${dirname(process.execPath)}:${PATH}:/usr/sbin:/sbin`,
    HOME: "/root",
    HOSTNAME: pod.spec.hostNetwork ? config.node : pod.metadata.name,
    KUBERNETES_SERVICE_HOST: config.apiServer.host,
    KUBERNETES_SERVICE_PORT: `${config.apiServer.port}`,
    ...(app === "gateway" || app === "routeagent" ? { STRAIT_LISTEN: `unix:/run/strait/${app}.sock`, STRAIT_LOG: "debug" } : {}),
  };
}
