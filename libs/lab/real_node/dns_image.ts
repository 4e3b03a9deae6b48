// SPDX-License-Identifier: Apache-2.0
import { copyFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureKube } from "../control_plane/kube_binaries.ts";
import { DNS_IMAGE } from "./cluster_dns.ts";
import { programImage } from "./program_image.ts";

const FOLDER = fileURLToPath(new URL("../../../build/lab/coredns", import.meta.url));

/** The archive of CoreDNS' image: its static binary and nothing else. Made at the first call after the binary was built. */
export async function dnsImage(): Promise<string> {
  const { dir, coredns } = await ensureKube();
  const tar = `${FOLDER}/${basename(dir)}.tar`;
  return programImage({ image: DNS_IMAGE, program: "coredns", tar, put: (path) => copyFile(coredns, path) });
}
