// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { writeImage } from "@strait/oci";
import { run } from "../command.ts";
import { PAUSE_IMAGE } from "./real_node_config.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SOURCE = fileURLToPath(new URL("pause.c", import.meta.url));

/** The archive of the sandbox's image: one static program of a few kilobytes. Made at the first call. */
export async function pauseImage(): Promise<string> {
  const folder = `${ROOT}build/lab/pause`;
  const tar = `${folder}/pause.tar`;
  if (existsSync(tar)) return tar;
  await mkdir(`${folder}/root`, { recursive: true });
  await run(["gcc", "-static", "-Os", "-s", "-Wall", "-Wextra", "-Werror", SOURCE, "-o", `${folder}/root/pause`]);
  const architecture = process.arch === "arm64" ? "arm64" : "amd64";
  await writeImage({
    name: PAUSE_IMAGE,
    images: [{ architecture, layers: [{ from: `${folder}/root`, createdBy: "pause" }] }],
    entrypoint: ["/pause"],
    labels: {},
    epoch: 0,
    layout: `${folder}/oci`,
    tar,
  });
  return tar;
}
