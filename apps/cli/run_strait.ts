// SPDX-License-Identifier: Apache-2.0
import { CommanderError } from "commander";
import { runApp } from "./apps.ts";
import { EXIT, Failure } from "./failure.ts";
import { type Io, processIo } from "./io.ts";
import { strait } from "./program.ts";
import { Steps } from "./steps.ts";

/**
 * Runs one command line and gives its exit code: 0 done, 1 the clusters say no, 2 the command line is wrong. What is expected to
 * go wrong is told in one sentence on stderr.
 *
 * @example
 * process.exit(await runStrait(["join", "broker-info.subm", "--clusterid", "east"]));
 */
export async function runStrait(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const app = runApp(argv, io);
  if (app) return app;
  let code: number = EXIT.ok;
  const program = strait(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed its own sentence; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof Error)) throw error;
    if (!Steps.hasTold(error)) io.err(`strait: ${error.message}\n`);
    if (!(error instanceof Failure) && io.env["STRAIT_DEBUG"]) io.err(`${error.stack}\n`);
    return error instanceof Failure ? error.code : EXIT.failed;
  }
}
