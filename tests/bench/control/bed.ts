// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kubeconfigOf } from "@strait/k8s/testing";
import { createNamespaces, type Namespace, parseMetrics, run } from "@strait/lab";
import { HEAP } from "@strait/manifests";
import { type Cost, costOf, residentMiB } from "./process_cost.ts";
import { type ChangeName, NAMESPACE, nodeIp, OWN_NODE, type WorldSize } from "./world.ts";

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const APPS = {
  gateway: script("../../../apps/gateway/main.ts"),
  routeagent: script("../../../apps/routeagent/main.ts"),
} as const;
export const appNames = ["gateway", "routeagent"] as const;
export type AppName = (typeof appNames)[number];

/** Counters of an app's loop. */
export interface Totals {
  readonly writes: number;
  readonly removes: number;
}

/** A process of the bed. */
interface Running {
  readonly child: Bun.Subprocess<"pipe" | "ignore", "pipe" | "ignore", number>;
  readonly pid: number;
}

/**
 * A gateway node in a network namespace, with one uplink on which all other nodes and gateways would be, the real gateway and
 * node agent in Kubernetes mode with the real dataplane, and an API server that plays a clusterset of any size. Only what the
 * apps do is measured, so the API server does without everything but objects and watches.
 */
export class Bed implements AsyncDisposable {
  static #made = 0;
  readonly #namespace: Namespace;
  readonly #folder: string;
  readonly #pinDir: string;
  readonly #api: Running;
  readonly #url: string;
  readonly #apps = new Map<AppName, Running>();
  #step = 0;

  private constructor(namespace: Namespace, folder: string, pinDir: string, api: Running, url: string) {
    this.#namespace = namespace;
    this.#folder = folder;
    this.#pinDir = pinDir;
    this.#api = api;
    this.#url = url;
  }

  static async make(size: WorldSize): Promise<Bed> {
    const name = `st-bench-${process.pid}-${++Bed.#made}`;
    const [namespace] = await createNamespaces([name]);
    if (!namespace) throw new Error("no namespace was made");
    await namespace.ip([
      "link add u0 type veth peer name u1",
      "link set u0 up",
      "link set u1 up",
      `address add ${nodeIp(0)}/12 dev u0`,
      "address add 192.168.255.254/16 dev u0",
      "address add 10.127.255.254/32 dev lo",
    ]);
    const folder = mkdtempSync(join(tmpdir(), "st-bench-"));
    const pinDir = `/sys/fs/bpf/${name}`;
    mkdirSync(join(folder, "cni"));
    const args = [size.nodes, size.pods, size.clusters].map(String);
    const api = spawn(namespace, ["bun", "run", script("api_process.ts"), ...args], process.env, "pipe", join(folder, "api.log"));
    const reader = (api.child.stdout as ReadableStream<Uint8Array>).getReader();
    const url = new TextDecoder().decode((await reader.read()).value).trim();
    reader.releaseLock();
    return new Bed(namespace, folder, pinDir, api, url);
  }

  /** Starts an app and waits until it is ready; milliseconds it took. */
  async start(app: AppName): Promise<number> {
    const began = performance.now();
    const kubeconfig = join(this.#folder, "kubeconfig");
    writeFileSync(kubeconfig, kubeconfigOf(this.#url));
    const env = {
      PATH: process.env["PATH"],
      // As the DaemonSets set it.
      [HEAP.name]: HEAP.value,
      // For whoever wants to know where the time goes: BUN_OPTIONS="--cpu-prof --cpu-prof-dir=DIR".
      BUN_OPTIONS: process.env["BUN_OPTIONS"],
      KUBECONFIG: kubeconfig,
      NODE_NAME: OWN_NODE,
      SUBMARINER_NAMESPACE: NAMESPACE,
      SUBMARINER_CLUSTERID: "own",
      SUBMARINER_CLUSTERCIDR: "10.0.0.0/9",
      SUBMARINER_SERVICECIDR: "10.200.0.0/16",
      SUBMARINER_NETWORKPLUGIN: "calico",
      SUBMARINER_METRICSPORT: "0",
      SUBMARINER_PROFILEPORT: "0",
      STRAIT_PIN_DIR: this.#pinDir,
      STRAIT_CNI_CACHE: join(this.#folder, "cni"),
      // In memory, as /run is.
      STRAIT_STATE_DIR: `/dev/shm/${this.#namespace.name}`,
      STRAIT_LISTEN: `unix:${this.#socket(app)}`,
    };
    const running = spawn(this.#namespace, ["bun", "run", APPS[app]], env, "ignore", join(this.#folder, `${app}.log`));
    this.#apps.set(app, running);
    await this.#until(`${app} is ready`, async () => {
      if (running.child.exitCode !== null)
        throw new Error(`${app} ended with ${running.child.exitCode}: ${this.#lastWords(app)}`);
      return (await this.#get(app, "/readyz")).ok;
    });
    return performance.now() - began;
  }

  async stop(app: AppName): Promise<void> {
    const running = this.#apps.get(app);
    this.#apps.delete(app);
    running?.child.kill("SIGTERM");
    await running?.child.exited;
  }

  /** Makes a change at the API server. */
  change(name: ChangeName): void {
    this.#api.child.stdin && (this.#api.child.stdin as Bun.FileSink).write(`${name} ${this.#step++}\n`);
    this.#api.child.stdin && (this.#api.child.stdin as Bun.FileSink).flush();
  }

  /** Lets an app look at everything, as it does once a minute. */
  resync(app: AppName): void {
    process.kill(this.#running(app).pid, "SIGHUP");
  }

  cost(app: AppName): Cost {
    return costOf(this.#running(app).pid);
  }

  resident(app: AppName): number {
    return residentMiB(this.#running(app).pid);
  }

  async totals(app: AppName): Promise<Totals> {
    // Not /status: it reads all maps.
    const samples = parseMetrics(await (await this.#get(app, "/metrics")).text());
    const sum = (name: string): number => samples.filter((one) => one.name === name).reduce((all, { value }) => all + value, 0);
    return { writes: sum("strait_apply_writes_total"), removes: sum("strait_apply_removes_total") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const app of [...this.#apps.keys()]) await this.stop(app);
    this.#api.child.kill("SIGTERM");
    await this.#api.child.exited;
    await run(["ip", "netns", "del", this.#namespace.name]);
    rmSync(this.#folder, { recursive: true, force: true });
    rmSync(this.#pinDir, { recursive: true, force: true });
    rmSync(`/dev/shm/${this.#namespace.name}`, { recursive: true, force: true });
  }

  #running(app: AppName): Running {
    const running = this.#apps.get(app);
    if (!running) throw new Error(`${app} does not run`);
    return running;
  }

  #get(app: AppName, path: string): Promise<Response> {
    return fetch(`http://localhost${path}`, { unix: this.#socket(app), signal: AbortSignal.timeout(60_000) });
  }

  #lastWords(app: AppName): string {
    return readFileSync(join(this.#folder, `${app}.log`), "utf8")
      .trim()
      .split("\n")
      .slice(-6)
      .join("\n");
  }

  #socket(app: AppName): string {
    return join(this.#folder, `${app}.sock`);
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + 120_000;
    for (;;) {
      const held = await holds().catch((error: unknown) => {
        if (error instanceof Error && error.message.includes(" ended with ")) throw error;
        return false;
      });
      if (held) return;
      if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
      await Bun.sleep(5);
    }
  }
}

/** `nsenter` becomes the program, so the process is the program's. */
function spawn(
  ns: Namespace,
  argv: string[],
  env: Record<string, string | undefined>,
  pipes: "pipe" | "ignore",
  log: string,
): Running {
  const program = argv.map((word) => (word === "bun" ? process.execPath : word));
  const child = Bun.spawn(["nsenter", `--net=${ns.path}`, ...program], {
    env,
    stdin: pipes,
    stdout: pipes,
    stderr: openSync(log, "a"),
  });
  return { child, pid: child.pid };
}
