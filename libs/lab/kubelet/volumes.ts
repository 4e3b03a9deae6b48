// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ok, type Result, refuse } from "@strait/model";
import { onThisMachine } from "./kubelet_config.ts";
import type { Mount } from "./mount_script.ts";
import { containersOf, sourcesOf } from "./pod_objects.ts";
import type { ContainerSpec, KubeletPod, VolumeSpec } from "./pod_types.ts";
import { TOKEN_MOUNT, TOKEN_VOLUME, type VolumeInputs, volumeFiles } from "./volume_files.ts";

/** A pod's volumes, with that of its ServiceAccount's token where the API server's admission did not add one. */
export function volumesOf(pod: KubeletPod): readonly VolumeSpec[] {
  const volumes = pod.spec.volumes ?? [];
  const mounted = containersOf(pod).some(({ volumeMounts }) => volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_MOUNT));
  return mounted || pod.spec.automountServiceAccountToken === false ? volumes : [...volumes, TOKEN_VOLUME];
}

/**
 * Makes what a pod's volumes need on disk and writes the files of those that have some, each by a rename, so that a reader
 * sees the old or the new one. Refused with one sentence where a volume cannot be had.
 */
export function writeVolumes(podDir: string, hostPaths: Readonly<Record<string, string>>, inputs: VolumeInputs): Result<void> {
  for (const volume of volumesOf(inputs.pod)) {
    const source = volumeSource(podDir, hostPaths, volume);
    if (volume.hostPath) {
      if (!existsSync(source) && volume.hostPath.type !== "DirectoryOrCreate") {
        return refuse(`hostPath ${volume.hostPath.path} is not there`);
      }
      if (!existsSync(source)) mkdirSync(source, { recursive: true });
      continue;
    }
    if (volume.emptyDir === undefined && sourcesOf(volume).length === 0) {
      return refuse(`volume ${volume.name} is of a kind the lab does not know`);
    }
    mkdirSync(source, { recursive: true });
    const files = volumeFiles(volume, inputs);
    if (!files.ok) return files;
    for (const [path, bytes] of files.value) replaceFile(`${source}/${path}`, bytes);
  }
  return ok(undefined);
}

/** The mounts of a container: its volumes, its token where admission left it out, and the file of its last words. */
export function mountsOf(
  podDir: string,
  hostPaths: Readonly<Record<string, string>>,
  pod: KubeletPod,
  container: ContainerSpec,
  runDir: string,
): Result<readonly Mount[]> {
  const volumes = volumesOf(pod);
  const mounts: Mount[] = [];
  const wanted = [...(container.volumeMounts ?? [])];
  if (volumes.includes(TOKEN_VOLUME)) wanted.push({ name: TOKEN_VOLUME.name, mountPath: TOKEN_MOUNT, readOnly: true });
  for (const { name, mountPath, subPath, readOnly = false } of wanted) {
    const volume = volumes.find((candidate) => candidate.name === name);
    if (volume === undefined) return refuse(`container ${container.name} mounts ${name}, which is no volume of the pod`);
    const source = volumeSource(podDir, hostPaths, volume);
    mounts.push({ source: subPath === undefined ? source : `${source}/${subPath}`, target: mountPath, readOnly });
  }
  const target = container.terminationMessagePath ?? "/dev/termination-log";
  return ok([...mounts, { source: `${runDir}/termination`, target, readOnly: false }]);
}

function volumeSource(podDir: string, hostPaths: Readonly<Record<string, string>>, { name, hostPath }: VolumeSpec): string {
  return hostPath ? onThisMachine(hostPaths, hostPath.path) : `${podDir}/volumes/${name}`;
}

function replaceFile(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  writeFileSync(`${path}.new`, bytes, { mode: 0o644 });
  renameSync(`${path}.new`, path);
}
