// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from "commander";

/** Options of every command that speaks to a cluster; kubectl's names (reference §6). */
export interface GlobalOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Several contexts, for commands that look at more than one cluster. */
  readonly contexts?: readonly string[];
  readonly namespace?: string;
  readonly output: "text" | "json";
}

/** Adds the options of one cluster. */
export function withCluster(command: Command): Command {
  return withOutput(command)
    .option("--kubeconfig <file>", "kubeconfig to use [KUBECONFIG]")
    .option("--context <name>", "context of the kubeconfig; the current one when absent");
}

/** Adds the options of commands that look at every cluster of the kubeconfig. */
export function withClusters(command: Command): Command {
  return withCluster(command).option("--contexts <names>", "comma-separated contexts; all of the kubeconfig when absent", list);
}

/** Adds `-o json`. */
export function withOutput(command: Command): Command {
  return command.addOption(new Option("-o, --output <format>", "what stdout gets").choices(["text", "json"]).default("text"));
}

/** A comma-separated list; blanks around the entries do not count. */
export function list(text: string): readonly string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
