// SPDX-License-Identifier: Apache-2.0
import { test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { shimPath } from "@strait/ffi";

const INSIDE = "STRAIT_OWN_NAMESPACE";

function missing(tools: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  const tool = ["unshare", "ip", ...tools].find((name) => !Bun.which(name));
  if (tool) return `needs ${tool}`;
  return existsSync(shimPath()) ? undefined : "needs the compiled shim: run `./justw build`";
}

interface Outcome {
  readonly name: string;
  readonly failed: boolean;
  readonly skipped: boolean;
}

function text(xml: string): string {
  const entities: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&amp;": "&" };
  return xml.replace(/&(lt|gt|quot|apos|#39|amp);/g, (entity) => entities[entity] ?? entity);
}

/** Test cases of a JUnit report, in order. */
export function readReport(xml: string): Outcome[] {
  return [...xml.matchAll(/<testcase name="([^"]*)"([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g)].map((match) => ({
    name: text(match[1] ?? ""),
    failed: /<(failure|error)\b/.test(match[4] ?? ""),
    skipped: /<skipped\b/.test(match[4] ?? ""),
  }));
}

function runInside(file: string): { outcomes: Outcome[]; output: string } {
  const folder = mkdtempSync(join(tmpdir(), "st-netlink-"));
  try {
    const report = join(folder, "report.xml");
    // Loading programs takes its time where the machine is busy.
    const flags = ["--timeout=60000", "--reporter=junit", `--reporter-outfile=${report}`];
    const command = ["unshare", "-n", "-m", process.execPath, "test", file, ...flags];
    const child = Bun.spawnSync(command, { env: { ...process.env, [INSIDE]: "1" }, stdout: "pipe", stderr: "pipe" });
    const outcomes = existsSync(report) ? readReport(readFileSync(report, "utf8")) : [];
    return { outcomes, output: `${child.stdout}${child.stderr}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Runs the tests that `define` declares in a network namespace of their own: Bun must not change its namespace itself, so the
 * file is run once more by `unshare -n -m bun test` (mounts of its own too), and each of its tests appears here with its outcome. Where that cannot be,
 * one skipped test says why, or a failing one with CI=true.
 *
 * @param tools programs besides ip(8) that the tests run
 * @example
 * inOwnNamespace(import.meta.path, () => { test("links ...", () => { ... }); });
 */
export function inOwnNamespace(file: string, define: () => void, tools: readonly string[] = []): void {
  if (process.env[INSIDE] === "1") {
    define();
    return;
  }
  const reason = missing(tools);
  if (reason !== undefined && process.env["CI"] !== "true") {
    test.skip(`${basename(file)} runs in its own network namespace (skipped: ${reason})`, () => {});
    return;
  }
  const { outcomes, output } = reason === undefined ? runInside(file) : { outcomes: [], output: reason };
  if (outcomes.length === 0) {
    test(`${basename(file)} runs in its own network namespace`, () => {
      throw new Error(output);
    });
  }
  const first = outcomes.findIndex(({ failed }) => failed);
  for (const [i, { name, failed, skipped }] of outcomes.entries()) {
    (skipped ? test.skip : test)(name, () => {
      if (failed)
        throw new Error(i === first ? output : "it failed in its namespace: the first failure of this file shows the output");
    });
  }
}

/** What `ip -j` says: the second opinion our answers are compared with. */
export function ipJson(...args: readonly string[]): Record<string, unknown>[] {
  const child = Bun.spawnSync(["ip", "-j", "-d", ...args], { stdout: "pipe", stderr: "pipe" });
  if (child.exitCode !== 0) throw new Error(`ip ${args.join(" ")}: ${child.stderr}`);
  const out = child.stdout.toString().trim();
  return out === "" ? [] : (JSON.parse(out) as Record<string, unknown>[]);
}

/** Runs `ip`, to make what a test then looks at. */
export function ip(line: string): void {
  const child = Bun.spawnSync(["ip", ...line.split(" ")], { stdout: "ignore", stderr: "pipe" });
  if (child.exitCode !== 0) throw new Error(`ip ${line}: ${child.stderr}`);
}
