// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ApiClient, BROKER, ClusterKind, loadKubeConfig } from "@strait/k8s";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "st-broker-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...argv: string[]) {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, "run", main, ...argv], {
    env: { PATH: process.env["PATH"] ?? "" },
  });
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** Starts a broker and waits until it says that it serves, or ends. */
async function start(data: string, ...argv: string[]) {
  const broker = Bun.spawn([process.execPath, "run", main, "--data", data, "--listen", "127.0.0.1:0", ...argv], {
    env: { PATH: process.env["PATH"] ?? "" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  let told = "";
  const reader = broker.stderr.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    told += decoder.decode(value, { stream: true });
    if (done || told.includes("msg=serving")) break;
  }
  reader.releaseLock();
  const stop = async () => {
    broker.kill("SIGTERM");
    return broker.exited;
  };
  return { told, stop, socket: join(data, "status.sock"), kubeconfig: join(data, "admin.kubeconfig") };
}

test("broker --help names its flags and ends with 0", () => {
  const { exitCode, stdout } = run("--help");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("usage: bun run broker --data DIR");
});

test("broker --version ends with 0", () => {
  expect(run("--version")).toEqual({ exitCode: 0, stdout: "broker 0.0.0\n", stderr: "" });
});

const refused: [argv: string[], sentence: string][] = [
  [[], "there is no folder for its data: say --data DIR, or --help for the flags"],
  [["--data", "x", "--listen", "nowhere"], '--listen "nowhere" is no HOST:PORT: write 0.0.0.0:6443 or [::]:6443'],
  [["--data", "x", "--listen", "0.0.0.0:70000"], "port 70000 is out of range: use 0 to 65535"],
  [["--data", "x", "--name", "a b"], '--name "a b" is neither a DNS name nor an address'],
  [["--data", "x", "--log", "loud"], '--log "loud" is no level: use debug, info, warn or error'],
  [["--data", "x", "--namespace", "A"], '--namespace "A" is no name of a namespace'],
];
for (const [argv, sentence] of refused) {
  test(`broker ${argv.join(" ")} ends with 2 and one sentence`, () => {
    expect(run(...argv)).toEqual({ exitCode: 2, stdout: "", stderr: `broker: ${sentence}\n` });
  });
}

test("broker on a place that is taken ends with 1 and says so", async () => {
  const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  try {
    const { exitCode, stderr } = run("--data", join(folder, "taken"), "--listen", `127.0.0.1:${taken.port}`);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('level=error app=broker msg="cannot run"');
  } finally {
    await taken.stop(true);
  }
});

test("broker keeps its objects and its authority over a restart, tells of its members, and ends with 0", async () => {
  const data = join(folder, "kept");
  const cluster = {
    metadata: { name: "east", namespace: BROKER.namespace },
    spec: { cluster_id: "east", service_cidr: [], cluster_cidr: [], global_cidr: [] },
  };
  const first = await start(data);
  const client = new ApiClient(await loadKubeConfig({ path: first.kubeconfig }));
  await client.resource(ClusterKind).create(cluster as never);
  client.close();
  const before = (await loadKubeConfig({ path: first.kubeconfig })).tls.ca;
  expect(statSync(first.kubeconfig).mode & 0o777).toBe(0o600);
  expect(await first.stop()).toBe(0);
  expect(existsSync(first.socket)).toBe(false);

  const second = await start(data);
  const connection = await loadKubeConfig({ path: second.kubeconfig });
  const again = new ApiClient(connection);
  expect(await again.resource(ClusterKind).get("east", { namespace: BROKER.namespace })).toMatchObject({
    spec: { cluster_id: "east" },
  });
  again.close();
  expect(connection.tls.ca).toBe(before ?? "");
  const ask = async (path: string) => (await fetch(`http://broker${path}`, { unix: second.socket })).text();
  expect(await ask("/readyz")).toBe("ok\n");
  let status = "";
  while (!status.includes("east")) status = await ask("/status");
  expect(JSON.parse(status)).toMatchObject({ app: "broker", clusters: [{ id: "east", endpoints: [], refusedWrites: 0 }] });
  expect(await ask("/metrics")).toContain("strait_broker_clusters 1");
  expect(await second.stop()).toBe(0);
}, 30_000);

test("broker gives its certificate the names it is told", async () => {
  const data = join(folder, "named");
  const broker = await start(data, "--name", "broker.example.com", "--name", "192.0.2.1");
  expect(readFileSync(broker.kubeconfig, "utf8")).toContain("server: https://broker.example.com:");
  expect(await broker.stop()).toBe(0);
}, 30_000);
