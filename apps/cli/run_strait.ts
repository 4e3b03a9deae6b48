// SPDX-License-Identifier: Apache-2.0
import { CommanderError } from "commander";
import { runApp } from "./apps.ts";
import { EXIT, Failure } from "./failure.ts";
import { type Io, processIo } from "./io.ts";
import { strait } from "./program.ts";
import { Steps } from "./steps.ts";

/**
 * Runs one command line and gives its exit code: 0 done, 1 the clusters say no, 2 the command line is wrong. What is expected to
 * go wrong is told in one sentence on stderr, and with `-o json` in a document `{ok: false, error, steps}` on stdout.
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
  let json = false;
  program.hook("preAction", (_program, command) => {
    json = command.opts<{ output?: string }>().output === "json";
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed its own sentence; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof Error)) throw error;
    const steps = Steps.endedBy(error);
    if (steps === undefined) io.err(`strait: ${error.message}\n`);
    // Whoever reads stdout as JSON finds a document there in any case.
    if (json) io.out(`${JSON.stringify({ ok: false, error: error.message, steps: steps ?? [] }, null, 2)}\n`);
    if (!(error instanceof Failure) && io.env["STRAIT_DEBUG"]) io.err(`${error.stack}\n`);
    return error instanceof Failure ? error.code : EXIT.failed;
  }
}
