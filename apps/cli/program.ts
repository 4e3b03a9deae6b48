// SPDX-License-Identifier: Apache-2.0
import { Command } from "commander";
import type { AddCommand, Exit } from "./add_command.ts";
import { appNames } from "./apps.ts";
import { completion } from "./commands/completion.ts";
import { deployBroker } from "./commands/deploy_broker.ts";
import { join } from "./commands/join.ts";
import { nettest } from "./commands/nettest.ts";
import { recoverBrokerInfo } from "./commands/recover_broker_info.ts";
import { show } from "./commands/show.ts";
import { status } from "./commands/status.ts";
import { uninstall } from "./commands/uninstall.ts";
import { verify } from "./commands/verify.ts";
import { version } from "./commands/version.ts";
import type { Io } from "./io.ts";

const commands: readonly AddCommand[] = [
  deployBroker,
  join,
  show,
  status,
  verify,
  uninstall,
  recoverBrokerInfo,
  version,
  completion,
  nettest,
];

/** The whole command line as a tree, from which help and completion are made. */
export function strait(io: Io, exit: Exit): Command {
  const program = new Command("strait")
    .description("Joins Kubernetes clusters into one network.")
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: () => 120, getErrHelpWidth: () => 120 })
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .addHelpText("after", `\nThe apps of the image: ${appNames.map((name) => `strait ${name}`).join(", ")} (each has --help).`)
    .exitOverride();
  for (const add of commands) add(program, io, exit);
  for (const command of program.commands) inherit(command);
  return program;

  function inherit(command: Command): void {
    command.copyInheritedSettings(command.parent ?? program);
    for (const child of command.commands) inherit(child);
  }
}
