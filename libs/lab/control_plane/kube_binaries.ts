// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { goBuild } from "./go_build.ts";
import { goTool } from "./go_tool.ts";
import { kubeVersionFlags } from "./kube_version.ts";

/** The real programs of Kubernetes, built from tests/kube: absolute paths. They are one file under several names. */
export interface KubeBinaries {
  readonly dir: string;
  /** "v1.34.4" */
  readonly version: string;
  readonly etcd: string;
  readonly apiserver: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  readonly kubelet: string;
  readonly kubeProxy: string;
  /** Flannel's daemon. */
  readonly flanneld: string;
  readonly kubectl: string;
  /** Programs of their own, built from the same module. */
  readonly coredns: string;
  readonly helm: string;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SOURCES = `${ROOT}tests/kube`;
const HOME = `${ROOT}.tools/kube`;
const PROGRAMS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubectl",
  "flanneld",
] as const;
/** What is built, in this order: by file name, the package of each. The last one's presence says that all are there. */
const BUILT: Readonly<Record<string, string>> = { kube: ".", coredns: "./coredns", helm: "helm.sh/helm/v3/cmd/helm" };
const LAST = Object.keys(BUILT).at(-1) ?? "";

/** The programs, when they are built from the sources as they are now. */
export async function kubeBinaries(): Promise<KubeBinaries | undefined> {
  const { dir, version } = place();
  return existsSync(`${dir}/${LAST}`) ? binariesIn(dir, version) : undefined;
}

/** Why no real Kubernetes can run on this machine now, in one line; undefined where it can. */
export function kubeObstacle(): string | undefined {
  const built = existsSync(`${place().dir}/${LAST}`);
  return built
    ? undefined
    : "the real Kubernetes of tests/kube is not built; bun run tools/build_kube.ts builds it, or says why not";
}

/**
 * The programs, built first when they are not there: minutes, in which `say` is told how far it is. Whoever asks at the same time
 * waits for the same build. The folder is named after the sources' hash; `.tools/kube/current` always leads to the newest.
 *
 * @example
 * const { kubectl } = await ensureKube();
 * await run([kubectl, "version", "--client"]);
 */
export async function ensureKube(say: (line: string) => void = (line) => console.error(line)): Promise<KubeBinaries> {
  const { dir, version, ldflags, goVersion } = place();
  if (!existsSync(`${dir}/${LAST}`)) {
    await mkdir(dir, { recursive: true });
    const go = await goTool(ROOT, goVersion);
    for (const [name, program] of Object.entries(BUILT)) {
      const output = `${dir}/${name}`;
      const told = (line: string): void => say(`${name}: Kubernetes ${version}: ${line}`);
      if (!existsSync(output))
        await goBuild({ go, sources: SOURCES, program, ldflags, output, cache: `${ROOT}.tools`, say: told });
    }
    await tidy(dir);
  }
  return binariesIn(dir, version);
}

function place() {
  const names = readdirSync(SOURCES, { recursive: true })
    .map(String)
    .filter((name) => /^(coredns\/)?\w+\.go$|^go\.(mod|sum)$/.test(name))
    .sort();
  const texts = names.map((name) => readFileSync(`${SOURCES}/${name}`, "utf8"));
  const goMod = texts[names.indexOf("go.mod")] ?? "";
  const { version, ldflags } = kubeVersionFlags(goMod);
  const hash = new Bun.CryptoHasher("sha256")
    .update(JSON.stringify([names, texts, ldflags]))
    .digest("hex")
    .slice(0, 16);
  return { dir: `${HOME}/${hash}`, version, ldflags, goVersion: /^go (\S+)$/m.exec(goMod)?.[1] ?? "" };
}

/** Gives the binary its names, points `current` at it and removes what earlier sources built. */
async function tidy(dir: string): Promise<void> {
  for (const program of PROGRAMS) await link("kube", `${dir}/${program}`);
  const kept = dir.slice(HOME.length + 1);
  await link(kept, `${HOME}/current`);
  const others = (await readdir(HOME, { withFileTypes: true })).filter((entry) => entry.isDirectory() && entry.name !== kept);
  await Promise.all(others.map((entry) => rm(`${HOME}/${entry.name}`, { recursive: true })));
}

async function link(target: string, at: string): Promise<void> {
  const fresh = `${at}.${process.pid}`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, at);
}

const binariesIn = (dir: string, version: string): KubeBinaries => ({
  dir,
  version,
  etcd: `${dir}/etcd`,
  apiserver: `${dir}/kube-apiserver`,
  controllerManager: `${dir}/kube-controller-manager`,
  scheduler: `${dir}/kube-scheduler`,
  kubelet: `${dir}/kubelet`,
  kubeProxy: `${dir}/kube-proxy`,
  flanneld: `${dir}/flanneld`,
  kubectl: `${dir}/kubectl`,
  coredns: `${dir}/coredns`,
  helm: `${dir}/helm`,
});
