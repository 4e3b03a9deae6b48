// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { writeImage } from "@strait/oci";
import { ensureKube } from "../control_plane/kube_binaries.ts";
import { DNS_IMAGE } from "./cluster_dns.ts";

const FOLDER = fileURLToPath(new URL("../../../build/lab/coredns", import.meta.url));

let making: Promise<string> | undefined;

/** The archive of CoreDNS' image: its static binary and nothing else. Made at the first call after the binary was built. */
export function dnsImage(): Promise<string> {
  making ??= make();
  return making;
}

async function make(): Promise<string> {
  const { dir, coredns } = await ensureKube();
  const tar = `${FOLDER}/${basename(dir)}.tar`;
  if (existsSync(tar)) return tar;
  const work = `${FOLDER}/${process.pid}`;
  await mkdir(`${work}/root`, { recursive: true });
  await copyFile(coredns, `${work}/root/coredns`);
  const architecture = process.arch === "arm64" ? "arm64" : "amd64";
  await writeImage({
    name: DNS_IMAGE,
    images: [{ architecture, layers: [{ from: `${work}/root`, createdBy: "coredns" }] }],
    entrypoint: ["/coredns"],
    labels: {},
    epoch: 0,
    layout: `${work}/oci`,
    tar: `${work}/coredns.tar`,
  });
  await rename(`${work}/coredns.tar`, tar);
  await rm(work, { recursive: true });
  return tar;
}
