// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import { run } from "../command.ts";
import { programImage } from "./program_image.ts";
import { PAUSE_IMAGE } from "./real_node_config.ts";

const TAR = fileURLToPath(new URL("../../../build/lab/pause.tar", import.meta.url));
const SOURCE = fileURLToPath(new URL("pause.c", import.meta.url));

/** The archive of the sandbox's image: one static program of a few kilobytes. Made at the first call. */
export function pauseImage(): Promise<string> {
  const compile = (path: string) => run(["gcc", "-static", "-Os", "-s", "-Wall", "-Wextra", "-Werror", SOURCE, "-o", path]);
  return programImage({ image: PAUSE_IMAGE, program: "pause", tar: TAR, put: compile });
}
