// SPDX-License-Identifier: Apache-2.0
import { dirname } from "node:path";
import { ok, type Result, refuse } from "@strait/model";

/** One mount of a container: a file or folder of this machine, and where the container sees it. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** What a container's view of the file system is made of. */
export interface View {
  /** A tmpfs with `run`, `dev` and `overlay`: what every container of the node sees as /run and /dev. */
  readonly root: string;
  /** An own folder below `root`/overlay, for folders that the container sees changed. */
  readonly overlay: string;
  readonly mounts: readonly Mount[];
  /** True where a path is on this machine. */
  readonly exists: (path: string) => boolean;
}

/**
 * The shell script that gives a container its files and then becomes it (`exec "$@"`), run in a mount namespace and the
 * network namespace of its own. A container sees this machine's files but for /run and /dev, which belong to its node, /sys,
 * which is that of its network namespace, and its volumes.
 *
 * Volumes are bound before /run is covered, because that is where their sources lie. A target that is not there is made in
 * an overlay of the nearest folder above it; refused where that is / itself.
 */
export function mountScript({ root, overlay, mounts, exists }: View): Result<string> {
  const lines = ["set -e", "mount -t sysfs sysfs /sys"];
  const covered = new Set<string>();
  for (const mount of mounts) {
    const target = placeOf(root, mount.target);
    if (!target.startsWith(`${root}/`) && !exists(target)) {
      const above = nearest(target, exists);
      if (above === "/")
        return refuse(
          `mountPath ${mount.target}: containers of the lab see this machine's /, use a folder below one that is there`,
        );
      if (!covered.has(above)) lines.push(...overlayLines(above, `${overlay}/${covered.size}`));
      covered.add(above);
    }
    lines.push(
      `if [ -d ${quote(mount.source)} ]; then mkdir -p ${quote(target)}; else mkdir -p ${quote(dirname(target))}; [ -e ${quote(target)} ] || : > ${quote(target)}; fi`,
      `mount -o ${mount.readOnly ? "rbind,ro" : "rbind"} ${quote(mount.source)} ${quote(target)}`,
    );
  }
  lines.push(`mount --rbind ${quote(`${root}/dev`)} /dev`, `mount --rbind ${quote(`${root}/run`)} /run`, 'exec "$@"');
  return ok(`${lines.join("\n")}\n`);
}

/** A word for sh, whatever is in it. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Below /run and /dev, what the container will see there lies in `root` as long as the script runs. */
function placeOf(root: string, target: string): string {
  const path = target.startsWith("/var/run/") ? target.slice("/var".length) : target;
  return path.startsWith("/run/") || path.startsWith("/dev/") ? `${root}${path}` : path;
}

function nearest(path: string, exists: (path: string) => boolean): string {
  let above = dirname(path);
  while (!exists(above)) above = dirname(above);
  return above;
}

function overlayLines(lower: string, dir: string): string[] {
  const options = `lowerdir=${lower},upperdir=${dir}/upper,workdir=${dir}/work`;
  return [
    `mkdir -p ${quote(`${dir}/upper`)} ${quote(`${dir}/work`)}`,
    `mount -t overlay -o ${quote(options)} overlay ${quote(lower)}`,
  ];
}
