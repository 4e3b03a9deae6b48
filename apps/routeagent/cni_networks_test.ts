// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CniNetwork, cniProblem, readCniNetworks } from "./cni_networks.ts";

const list = (name: string, ...types: string[]) => JSON.stringify({ name, plugins: types.map((type) => ({ type })) });

/** What is found in a folder with these files. */
function found(files: Readonly<Record<string, string>>): CniNetwork[] {
  const folder = mkdtempSync(join(tmpdir(), "strait-cni-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return readCniNetworks(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const problem = (files: Readonly<Record<string, string>>) => cniProblem("/etc/cni/net.d", found(files))?.reason;

test("two networks of a node are a problem that says which one pods are wired by, and what to do", () => {
  expect(problem({ "20-old.conflist": list("old", "bridge"), "10-new.conflist": list("new", "ptp", "portmap") })).toBe(
    "pods are wired by 10-new.conflist (network new by ptp), whose file comes first, and never by 20-old.conflist (network old by bridge): remove what is not meant",
  );
  // By bytes, as the runtimes have it: "100" comes before "20".
  expect(problem({ "20-b.conf": '{"name":"b","type":"ptp"}', "100-a.conflist": list("a", "bridge") })).toStartWith(
    "pods are wired by 100-a.conflist",
  );
});

test.each([
  ["one network", { "10-a.conflist": list("a", "bridge") }],
  ["an empty folder", {}],
  [
    "a file of the loopback interface besides",
    { "10-a.conflist": list("a", "bridge"), "99-lo.conf": '{"name":"lo","type":"loopback"}' },
  ],
  [
    "multus in front of the plugin that it calls",
    { "00-m.conf": '{"name":"m","type":"multus"}', "10-a.conflist": list("a", "bridge") },
  ],
  ["what an installer has put aside", { "10-a.conflist": list("a", "bridge"), "05-b.conflist.cilium_bak": list("b", "ptp") }],
  ["a file that is no network", { "05-b.json": "{", "06-c.json": "[]", "10-a.conflist": list("a", "bridge") }],
])("%s is no problem", (_, files) => {
  expect(problem(files as Record<string, string>)).toBeUndefined();
});

test("a folder that is not there has no networks", () => {
  expect(readCniNetworks("/nowhere/cni")).toEqual([]);
});
