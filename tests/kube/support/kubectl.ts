// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandOutput, kubeBinaries, kubeConfig, output } from "@strait/lab";
import { oldKubectl } from "@strait/testkit";
import type { Api } from "./api.ts";
import { folderOfRun } from "./folder_of_run.ts";
import { sharedPlane } from "./plane.ts";

/** The kubectls of this machine, by what they are: the one built from tests/kube and the one on PATH. */
export async function kubectls(): Promise<Readonly<Record<string, string>>> {
  const built = (await kubeBinaries())?.kubectl;
  const installed = Bun.which("kubectl");
  const fits = installed !== null && oldKubectl() === undefined;
  return { ...(built && { "the built kubectl": built }), ...(fits && { "the machine's kubectl": installed }) };
}

let home: string | undefined;

/** kubectl keeps what it discovered in its home: a folder of this run, so that neither the user's nor an earlier server's is used. */
function homeOfRun(): string {
  home ??= folderOfRun("strait-kubectl-");
  return home;
}

/** kubectl on the shared control plane, in one namespace, as the administrator unless another kubeconfig is given. */
export class Kubectl {
  readonly #path: string;
  readonly #namespace: string;
  readonly #kubeconfig: string | undefined;

  constructor(path: string, namespace: string, kubeconfig?: string) {
    this.#path = path;
    this.#namespace = namespace;
    this.#kubeconfig = kubeconfig;
  }

  /** The same, as the bearer of a token who trusts an authority: the server's own unless another is given. */
  withToken(api: Api, token: string, ca: string = api.tls.ca ?? ""): Kubectl {
    const at = join(homeOfRun(), `${crypto.randomUUID()}.kubeconfig`);
    writeFileSync(at, kubeConfig({ name: "bearer", url: api.url, ca, user: { token } }), { mode: 0o600 });
    return new Kubectl(this.#path, this.#namespace, at);
  }

  /** What it left behind, whatever the code. */
  async run(args: readonly string[], options: { stdin?: string; signal?: AbortSignal } = {}): Promise<CommandOutput> {
    const kubeconfig = this.#kubeconfig ?? (await sharedPlane()).kubeconfig;
    const argv = [this.#path, "--kubeconfig", kubeconfig, "--namespace", this.#namespace, ...args];
    return output(argv, { env: { HOME: homeOfRun(), KUBECTL_EXTERNAL_DIFF: "diff -u" }, ...options });
  }

  /** Its stdout; throws with everything where it fails. */
  async ok(args: readonly string[], stdin?: string): Promise<string> {
    const result = await this.run(args, stdin === undefined ? {} : { stdin });
    if (result.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${result.code}\n${result.stdout}${result.stderr}`);
    return result.stdout;
  }

  /** Its last line on stderr; throws where it succeeds. */
  async refused(args: readonly string[], stdin?: string): Promise<string> {
    const result = await this.run(args, stdin === undefined ? {} : { stdin });
    if (result.code === 0) throw new Error(`kubectl ${args.join(" ")} succeeded: ${result.stdout}`);
    return result.stderr.trim();
  }
}
