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

test("CoreDNS says the version that go.mod pins and has what a cluster's own DNS is made of", async () => {
  const goMod = await Bun.file(`${import.meta.dir}/go.mod`).text();
  const pinned = /coredns\/coredns v(\S+)/.exec(goMod)?.[1];
  expect(await run([kube.coredns, "-version"])).toStartWith(`CoreDNS-${pinned}\n`);
  expect((await run([kube.coredns, "-plugins"])).split("\n")).toEqual(
    expect.arrayContaining(["cache", "errors", "forward", "health", "kubernetes", "loop", "ready", "reload"]),
  );
});

test("flannel's daemon says what it lacks", async () => {
  const { code, stderr } = await output([kube.flanneld, "--net-config-path=/nowhere"], { env: { NODE_NAME: "w1" } });
  expect([code, stderr]).toEqual([1, expect.stringContaining("flanneld: the subnets of nodes cannot be had")]);
});

test("a program can be named as first argument, too", async () => {
  expect(await run([`${kube.dir}/kube`, "kube-apiserver", "--version"])).toBe(`Kubernetes ${kube.version}\n`);
});

test("a program that is not linked in is refused with those that are", async () => {
  const { code, stderr } = await output([`${kube.dir}/kube`, "kube-nothing"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("kube-apiserver, kube-controller-manager")]);
});
