// SPDX-License-Identifier: Apache-2.0
/** The binary of tests/kube is what it says it is. */
import { beforeAll, expect, test } from "bun:test";
import { ensureKube, type KubeBinaries, output, run } from "@strait/lab";

let kube: KubeBinaries;

beforeAll(async () => {
  kube = await ensureKube();
});

test("the programs say the version that go.mod pins", async () => {
  const goMod = await Bun.file(`${import.meta.dir}/go.mod`).text();
  const pinned = /k8s\.io\/kubernetes (v\S+)/.exec(goMod)?.[1] ?? "";
  expect(kube.version).toBe(pinned);
  for (const program of [kube.apiserver, kube.controllerManager])
    expect(await run([program, "--version"])).toBe(`Kubernetes ${pinned}\n`);
  const { clientVersion } = JSON.parse(await run([kube.kubectl, "version", "--client", "-o", "json"]));
  expect([clientVersion.gitVersion, `v${clientVersion.major}.${clientVersion.minor}`]).toEqual([
    pinned,
    pinned.replace(/\.\d+$/, ""),
  ]);
});

test("a program can be named as first argument, too", async () => {
  expect(await run([`${kube.dir}/kube`, "kube-apiserver", "--version"])).toBe(`Kubernetes ${kube.version}\n`);
});

test("a program that is not linked in is refused with those that are", async () => {
  const { code, stderr } = await output([`${kube.dir}/kube`, "kube-nothing"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("kube-apiserver, kube-controller-manager")]);
});
