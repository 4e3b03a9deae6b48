// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { AddCommand } from "../add_command.ts";
import { EXIT } from "../failure.ts";
import { whole } from "../flags.ts";
import type { Io } from "../io.ts";
import { connect } from "../nettest/connect.ts";
import { listen } from "../nettest/listen.ts";
import type { NettestResult } from "../nettest/protocol.ts";

interface Common {
  readonly id: string;
  readonly port: number;
  readonly timeout: number;
  readonly result?: string;
}

/** `strait nettest`: the program of the test pods that `strait verify` starts. */
export const nettest: AddCommand = (program, io, exit) => {
  const parent = program.command("nettest", { hidden: true }).description("one side of a connectivity test");
  const end = (result: NettestResult, file: string | undefined): void => {
    report(io, result, file);
    exit(result.ok ? EXIT.ok : EXIT.failed);
  };
  common(parent.command("listen").description("wait for one connector"))
    .option("--host <address>", "where to listen", "::")
    .action(async ({ id, host, port, timeout, result }: Common & { host: string }) => {
      end(await listen({ id, host, port, timeoutMs: timeout * 1000 }), result);
    });
  common(parent.command("connect").description("speak to a listener"))
    .requiredOption("--host <address>", "whom to speak to")
    .option("--bytes <count>", "payload", whole(0, 1 << 24), 3000)
    .option("--attempts <count>", "tries", whole(1, 1000), 2)
    .action(async (o: Common & { host: string; bytes: number; attempts: number }) => {
      const { id, host, port, bytes, attempts, timeout, result } = o;
      end(await connect({ id, host, port, bytes, attempts, timeoutMs: timeout * 1000 }), result);
    });
};

function common(command: Command): Command {
  return command
    .requiredOption("--id <text>", "who this side is")
    .requiredOption("--port <port>", "TCP port", whole(0, 65535))
    .option("--timeout <seconds>", "how long to wait", whole(1, 3600), 60)
    .option("--result <file>", "where to leave the result", "/dev/termination-log");
}

/** stdout always; the file where it can be written, as it can in a container. */
function report(io: Io, result: NettestResult, file: string | undefined): void {
  const line = `${JSON.stringify(result)}\n`;
  io.out(line);
  if (!file) return;
  try {
    writeFileSync(file, line, { flag: "r+" });
  } catch (error) {
    io.err(`nettest: the result is on stdout only: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
