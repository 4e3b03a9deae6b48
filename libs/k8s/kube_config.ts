// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import type { Connection, TlsOptions } from "./connection.ts";
import { ExecCredentials } from "./exec_credentials.ts";
import { KubeConfigError } from "./kube_config_error.ts";
import { beside, type Env, type Located, type MergedKubeConfig, readKubeConfigFiles } from "./kube_config_files.ts";
import type { KubeCluster, KubeUser } from "./kube_config_schema.ts";
import { TokenFile } from "./token_file.ts";

export interface KubeConfigOptions {
  /** One file in place of $KUBECONFIG and ~/.kube/config. */
  readonly path?: string | undefined;
  /** In place of the current context. */
  readonly context?: string | undefined;
  /** The process's when absent. */
  readonly env?: Env | undefined;
}

/**
 * The connection that a kubeconfig describes: files merged as kubectl does, client certificates, tokens, token files and exec
 * plugins. Paths are relative to the file that names them.
 *
 * @throws KubeConfigError with one sentence.
 * @example
 * const client = new ApiClient(await loadKubeConfig({ context: "east" }));
 */
export async function loadKubeConfig({ path, context, env = process.env }: KubeConfigOptions = {}): Promise<Connection> {
  const merged = readKubeConfigFiles({ path, env });
  const name = context ?? merged.currentContext;
  const files = merged.paths.join(", ");
  if (name === undefined) throw new KubeConfigError(`${files} names no current context: choose one of ${names(merged)}`);
  const chosen = merged.contexts.get(name);
  if (!chosen) throw new KubeConfigError(`${files} has no context "${name}": choose one of ${names(merged)}`);
  const { cluster: clusterName = "", user: userName = "", namespace } = chosen.value;
  const cluster = merged.clusters.get(clusterName);
  if (!cluster) throw new KubeConfigError(`context "${name}" of ${files} means the cluster "${clusterName}", which is not there`);
  const user = userName === "" ? undefined : merged.users.get(userName);
  if (userName !== "" && !user) {
    throw new KubeConfigError(`context "${name}" of ${files} means the user "${userName}", which is not there`);
  }
  const proxy = proxyOf(cluster);
  return {
    server: serverOf(cluster),
    ...(namespace && { namespace }),
    ...(proxy && { proxy }),
    ...credentials(user, cluster, env),
    origin: `context "${name}" of ${files}`,
  };
}

/** The contexts there are and the current one. @throws KubeConfigError */
export async function kubeContexts(
  options: Omit<KubeConfigOptions, "context"> = {},
): Promise<{ current?: string; names: string[] }> {
  const { contexts, currentContext } = readKubeConfigFiles({ path: options.path, env: options.env ?? process.env });
  return { ...(currentContext !== undefined && { current: currentContext }), names: [...contexts.keys()] };
}

function names({ contexts }: MergedKubeConfig): string {
  return contexts.size > 0 ? [...contexts.keys()].map((one) => `"${one}"`).join(", ") : "none (there are no contexts)";
}

function serverOf({ value, path }: Located<KubeCluster>): string {
  const url = URL.parse(value.server);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new KubeConfigError(`"${value.server}" in ${path} is no address of a server: write https://HOST:PORT`);
  }
  // It stands in messages and logs.
  if (url.username || url.password)
    throw new KubeConfigError(`a server in ${path} has a password in its address: put it into a user`);
  return value.server.replace(/\/+$/, "");
}

function proxyOf({ value, path }: Located<KubeCluster>): string | undefined {
  const proxy = value["proxy-url"];
  if (!proxy) return undefined;
  if (/^https?:\/\//.test(proxy)) return proxy;
  throw new KubeConfigError(`proxy-url "${proxy}" in ${path} is not supported: only http:// and https:// proxies are`);
}

function credentials(user: Located<KubeUser> | undefined, cluster: Located<KubeCluster>, env: Env) {
  const tls: TlsOptions = {
    ca: pem(cluster, "certificate-authority"),
    serverName: cluster.value["tls-server-name"] || undefined,
    insecure: cluster.value["insecure-skip-tls-verify"],
  };
  if (!user) return { tls };
  refuseUnsupported(user);
  const { value, path } = user;
  const cert = pem(user, "client-certificate");
  const key = pem(user, "client-key");
  if ((cert === undefined) !== (key === undefined)) {
    throw new KubeConfigError(`a user of ${path} has a client certificate without its key, or the other way round`);
  }
  const own: TlsOptions = { ...tls, cert, key };
  const headers = impersonation(user);
  const more = headers ? { headers } : {};
  if (value.exec) {
    const plugin = new ExecCredentials({ exec: value.exec, path, cluster: cluster.value, ca: tls.ca, env });
    return {
      ...more,
      tls: own,
      token: () => plugin.token(),
      certificate: () => plugin.certificate(),
      forget: () => plugin.forget(),
    };
  }
  if (value.tokenFile) {
    const file = new TokenFile(beside(path, value.tokenFile));
    return { ...more, tls: own, token: async () => file.read() };
  }
  const { token } = value;
  return { ...more, tls: own, ...(token && { token: async () => token }) };
}

function refuseUnsupported({ value, path }: Located<KubeUser>): void {
  const provider = value["auth-provider"];
  if (provider) {
    const name = provider.name ?? "";
    throw new KubeConfigError(
      `a user of ${path} needs the auth-provider "${name}", which Kubernetes 1.26 dropped: use its exec plugin`,
    );
  }
  if (value.username || value.password) {
    throw new KubeConfigError(
      `a user of ${path} has a password, which Kubernetes 1.19 dropped: use a token or a client certificate`,
    );
  }
}

function impersonation({ value: user, path }: Located<KubeUser>): Readonly<Record<string, string>> | undefined {
  if (!user.as) return undefined;
  if ((user["as-groups"] ?? []).length > 1) {
    throw new KubeConfigError(
      `a user of ${path} acts as "${user.as}" in several groups, which is not supported: name at most one`,
    );
  }
  const [group] = user["as-groups"] ?? [];
  const uid = user["as-uid"];
  return { "impersonate-user": user.as, ...(uid && { "impersonate-uid": uid }), ...(group && { "impersonate-group": group }) };
}

type PemMember = "certificate-authority" | "client-certificate" | "client-key";

/** Inline data goes before a path, as kubectl has it. */
function pem({ value, path }: Located<object>, member: PemMember): string | undefined {
  const record = value as Readonly<Record<string, unknown>>;
  const data = record[`${member}-data`];
  const file = record[member];
  if (typeof data === "string" && data !== "")
    return checked(Buffer.from(data, "base64").toString(), `${member}-data of ${path}`);
  if (typeof file !== "string" || file === "") return undefined;
  const at = beside(path, file);
  try {
    return checked(readFileSync(at, "utf8"), at);
  } catch (error) {
    if (error instanceof KubeConfigError) throw error;
    throw new KubeConfigError(
      `${member} ${at} cannot be read (${(error as NodeJS.ErrnoException).code}): check the path in ${path}`,
    );
  }
}

function checked(text: string, where: string): string {
  if (text.includes("-----BEGIN ")) return text;
  throw new KubeConfigError(
    `${where} holds no PEM (no "-----BEGIN"): put a certificate or key there, in base64 if it is inline data`,
  );
}
