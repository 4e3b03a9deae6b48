// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { readKubeconfig, TestClient } from "./client.ts";

const MAIN = join(import.meta.dir, "..", "main.ts");

/** A server as a process of its own. */
export interface ServerProcess {
  readonly admin: TestClient;
  readonly process: Subprocess;
  readonly kubeconfig: string;
}

/** Starts `main.ts` over a data folder and waits until it serves. @throws Error with its output where it ends before. */
export async function startServerProcess(dir: string, port = 0): Promise<ServerProcess> {
  const kubeconfig = join(dir, "kubeconfig");
  rmSync(kubeconfig, { force: true });
  const flags = [
    "--data",
    join(dir, "data"),
    "--listen",
    `127.0.0.1:${port}`,
    "--name",
    "127.0.0.1",
    "--kubeconfig-out",
    kubeconfig,
  ];
  const child = Bun.spawn([process.execPath, "run", MAIN, ...flags], { stdout: "ignore", stderr: "pipe", stdin: "ignore" });
  const reader = child.stderr.getReader();
  const decoder = new TextDecoder();
  let said = "";
  while (!said.includes("msg=serving")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the server ended with ${await child.exited}: ${said}`);
    said += decoder.decode(value);
  }
  reader.releaseLock();
  if (!existsSync(kubeconfig)) throw new Error("the server wrote no kubeconfig");
  return { admin: new TestClient(readKubeconfig(readFileSync(kubeconfig, "utf8"))), process: child, kubeconfig };
}
