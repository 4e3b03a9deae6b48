// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "st-gateway-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...argv: string[]) {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, "run", main, ...argv], {
    env: { PATH: process.env["PATH"] ?? "" },
  });
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

test("gateway --help names its flags and ends with 0", () => {
  const { exitCode, stdout } = run("--help");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("usage: bun run gateway --config FILE");
});

test("gateway --version ends with 0", () => {
  expect(run("--version")).toEqual({ exitCode: 0, stdout: "gateway 0.0.0\n", stderr: "" });
});

test("gateway without a config ends with 2 and one sentence", () => {
  expect(run()).toEqual({
    exitCode: 2,
    stdout: "",
    stderr:
      "gateway: there is no config: say --config FILE, or in Kubernetes set SUBMARINER_NAMESPACE and SUBMARINER_CLUSTERID, or see --help for the flags\n",
  });
});

test("gateway refuses a bad file with its line and ends with 2, before it touches the node", () => {
  const file = join(folder, "strait.yaml");
  writeFileSync(file, "cluster: East\nnode: gw1\nsubnets: [10.1.0.0/16]\nnodes: [{ name: gw1, addresses: [172.31.1.2] }]\n");
  const { exitCode, stderr } = run("--config", file);
  expect(exitCode).toBe(2);
  expect(stderr).toStartWith(`${file}:1: "East" is no cluster id`);
});
