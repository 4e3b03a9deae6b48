// SPDX-License-Identifier: Apache-2.0

import type { AddCommand } from "../add_command.ts";
import { withOutput } from "../global_options.ts";
import manifest from "../package.json" with { type: "json" };

/** The version of this binary, and of the image that `join` deploys unless told otherwise. */
export const VERSION = manifest.version;

/** `strait version`. */
export const version: AddCommand = (program, io) => {
  withOutput(program.command("version").description("print the version of this binary")).action(
    ({ output }: { output: string }) => {
      io.out(output === "json" ? `${JSON.stringify({ version: VERSION })}\n` : `strait version: ${VERSION}\n`);
    },
  );
};
