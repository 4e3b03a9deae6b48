// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { decodeWith } from "./kind.ts";
import { beside, type Env } from "./kube_config_files.ts";
import type { KubeCluster, KubeExec } from "./kube_config_schema.ts";
import { optional } from "./kube_object.ts";

export interface ExecCredentialsOptions {
  readonly exec: KubeExec;
  /** The kubeconfig that names the plugin. */
  readonly path: string;
  readonly cluster: KubeCluster;
  /** PEM. */
  readonly ca: string | undefined;
  readonly env: Env;
  /** Milliseconds since the epoch; the clock when absent. */
  readonly now?: () => number;
  /** Whether a person can be asked; whether stdin is a terminal when absent. */
  readonly interactive?: boolean;
  /** Milliseconds that a plugin may take which asks nobody. 30000 when absent. */
  readonly timeoutMs?: number;
}

interface Credentials {
  readonly token: string | undefined;
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

const VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];
/** Credentials that end this soon are renewed now: they must outlive the request. */
const MARGIN_MS = 10_000;

const answerSchema = v.looseObject({
  apiVersion: v.string(),
  kind: v.literal("ExecCredential"),
  status: v.looseObject({
    token: optional(v.string()),
    clientCertificateData: optional(v.string()),
    clientKeyData: optional(v.string()),
    expirationTimestamp: optional(v.string()),
  }),
});

/**
 * Credentials from a program that the kubeconfig names, as cloud vendors give them
 * (https://kubernetes.io/docs/reference/config-api/client-authentication.v1/). They are kept until they expire or `forget` is
 * called; requests that need them at the same time wait for one run.
 */
export class ExecCredentials {
  readonly #options: ExecCredentialsOptions;
  #kept: Credentials | undefined;
  #running: Promise<Credentials> | undefined;

  constructor(options: ExecCredentialsOptions) {
    this.#options = options;
  }

  /** @throws Error with one sentence where the plugin gives none. */
  async token(): Promise<string | undefined> {
    return (await this.#credentials()).token;
  }

  /** @throws Error with one sentence where the plugin gives none. */
  async certificate(): Promise<{ readonly cert: string; readonly key: string } | undefined> {
    return (await this.#credentials()).certificate;
  }

  forget(): void {
    this.#kept = undefined;
  }

  async #credentials(): Promise<Credentials> {
    const now = (this.#options.now ?? Date.now)();
    if (this.#kept && this.#kept.until - MARGIN_MS > now) return this.#kept;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    this.#kept = await this.#running;
    return this.#kept;
  }

  async #run(): Promise<Credentials> {
    const { exec, path } = this.#options;
    const name = `the credential plugin "${exec.command}" of ${path}`;
    if (!VERSIONS.includes(exec.apiVersion)) {
      throw new Error(`${name} speaks ${exec.apiVersion}: only ${VERSIONS.join(" and ")} are known`);
    }
    const interactive = this.#options.interactive ?? process.stdin.isTTY === true;
    const mode = exec.interactiveMode ?? "IfAvailable";
    if (mode === "Always" && !interactive) throw new Error(`${name} wants to ask a person, and there is no terminal`);
    const text = await this.#output(name, mode !== "Never" && interactive);
    return this.#read(name, text);
  }

  async #output(name: string, interactive: boolean): Promise<string> {
    const { exec, path, env, timeoutMs = 30_000 } = this.#options;
    const command = exec.command.includes("/")
      ? beside(path, exec.command)
      : Bun.which(exec.command, { PATH: env["PATH"] ?? "" });
    const hint = exec.installHint ? `: ${exec.installHint.replace(/\s+/g, " ").trim()}` : ": install it or use another user";
    if (command === null) throw new Error(`${name} is not found${hint}`);
    const more = Object.fromEntries((exec.env ?? []).map((one) => [one.name, one.value]));
    let child: Bun.Subprocess<"inherit" | "ignore", "pipe", "inherit" | "pipe">;
    try {
      child = Bun.spawn([command, ...(exec.args ?? [])], {
        env: { ...env, ...more, KUBERNETES_EXEC_INFO: this.#info(interactive) },
        stdin: interactive ? "inherit" : "ignore",
        stdout: "pipe",
        stderr: interactive ? "inherit" : "pipe",
        ...(!interactive && { timeout: timeoutMs }),
      });
    } catch (error) {
      throw new Error(`${name} cannot be started (${(error as NodeJS.ErrnoException).code ?? String(error)})${hint}`);
    }
    const said = child.stderr ? new Response(child.stderr).text() : Promise.resolve("");
    const text = await new Response(child.stdout).text();
    const code = await child.exited;
    if (code === 0) return text;
    if (child.signalCode)
      throw new Error(`${name} was ended by ${child.signalCode}: it may have taken longer than ${timeoutMs / 1000} s`);
    const lines = (await said).trim().split("\n");
    throw new Error(`${name} ended with status ${code}: ${lines.at(-1)?.slice(0, 300) || "it says nothing"}`);
  }

  #info(interactive: boolean): string {
    const { exec, cluster, ca } = this.#options;
    const info = {
      server: cluster.server,
      "tls-server-name": cluster["tls-server-name"],
      "insecure-skip-tls-verify": cluster["insecure-skip-tls-verify"],
      "proxy-url": cluster["proxy-url"],
      ...(ca && { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
    };
    return JSON.stringify({
      apiVersion: exec.apiVersion,
      kind: "ExecCredential",
      spec: { interactive, ...(exec.provideClusterInfo && { cluster: info }) },
    });
  }

  #read(name: string, text: string): Credentials {
    const decoded = decodeWith(v.pipe(v.string(), v.parseJson(), answerSchema), text);
    if (!decoded.ok) throw new Error(`${name} answers no ExecCredential: ${decoded.reason}`);
    const { apiVersion, status } = decoded.value;
    const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
    if (apiVersion !== this.#options.exec.apiVersion) {
      throw new Error(`${name} answers in ${apiVersion}, not in ${this.#options.exec.apiVersion} as the kubeconfig says`);
    }
    if ((cert === undefined) !== (key === undefined))
      throw new Error(`${name} gives a certificate without its key, or the other way round`);
    if (!token && !cert) throw new Error(`${name} gives neither a token nor a certificate`);
    const until = expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(expirationTimestamp);
    if (Number.isNaN(until)) throw new Error(`${name} gives an expirationTimestamp that is no time: "${expirationTimestamp}"`);
    return { token, certificate: cert && key ? { cert, key } : undefined, until };
  }
}
