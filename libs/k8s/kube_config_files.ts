// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { refuse } from "@strait/model";
import { decodeWith } from "./kind.ts";
import { KubeConfigError } from "./kube_config_error.ts";
import { type KubeCluster, type KubeContext, type KubeUser, kubeConfigSchema } from "./kube_config_schema.ts";

/** Environment of a process. */
export type Env = Readonly<Record<string, string | undefined>>;

/** A part of a kubeconfig and the file it was read from: its paths are relative to that file's folder. */
export interface Located<T> {
  readonly value: T;
  readonly path: string;
}

/** Several kubeconfig files read as one. */
export interface MergedKubeConfig {
  /** Those that were there. */
  readonly paths: readonly string[];
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, Located<KubeCluster>>;
  readonly users: ReadonlyMap<string, Located<KubeUser>>;
  readonly contexts: ReadonlyMap<string, Located<KubeContext>>;
}

/**
 * Reads the files that kubectl would read: the one named, else those of $KUBECONFIG that exist, else ~/.kube/config. Where two files name the same thing, the first one's
 * is taken.
 *
 * @throws KubeConfigError
 */
export function readKubeConfigFiles({ path, env }: { readonly path?: string | undefined; readonly env: Env }): MergedKubeConfig {
  const wanted = path === undefined ? defaultPaths(env) : [path];
  const paths = path === undefined ? wanted.filter((one) => existsSync(one)) : wanted;
  if (paths.length === 0) {
    throw new KubeConfigError(
      `there is no kubeconfig (looked for ${wanted.join(", ") || "none"}): set KUBECONFIG or name one with --kubeconfig`,
    );
  }
  let currentContext: string | undefined;
  const clusters = new Map<string, Located<KubeCluster>>();
  const users = new Map<string, Located<KubeUser>>();
  const contexts = new Map<string, Located<KubeContext>>();
  for (const one of paths) {
    const at = resolve(one);
    const file = readFile(at);
    currentContext ||= file["current-context"] || undefined;
    for (const { name, cluster } of file.clusters ?? []) if (cluster) addFirst(clusters, name, { value: cluster, path: at });
    for (const { name, user } of file.users ?? []) if (user) addFirst(users, name, { value: user, path: at });
    for (const { name, context } of file.contexts ?? []) if (context) addFirst(contexts, name, { value: context, path: at });
  }
  return { paths, currentContext, clusters, users, contexts };
}

/** Where a path of a kubeconfig leads. */
export function beside(file: string, path: string): string {
  return resolve(dirname(file), path);
}

function defaultPaths(env: Env): string[] {
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((one) => one !== "");
  if (listed.length > 0) return [...new Set(listed)];
  return env["HOME"] ? [join(env["HOME"], ".kube", "config")] : [];
}

function readFile(path: string) {
  const value = readYaml(path) ?? {};
  const decoded = Array.isArray(value) ? refuse("it is a list") : decodeWith(kubeConfigSchema, value);
  if (decoded.ok) return decoded.value;
  throw new KubeConfigError(`${path} is no kubeconfig: ${decoded.reason}`);
}

/** With Bun's own parser: the yaml package, which config files are read with, takes 10 MB that no app on a node has to spare for this. */
function readYaml(path: string): unknown {
  try {
    return Bun.YAML.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new KubeConfigError(`${path} is no YAML: ${error.message.replace("YAML Parse error: ", "")}`);
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new KubeConfigError(`${path} cannot be read (${code}): check that it exists and may be read`);
  }
}

function addFirst<T>(map: Map<string, T>, name: string, value: T): void {
  if (!map.has(name)) map.set(name, value);
}
