// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";
import { type ClusterId, type Listen, type LogLevel, ok, parseClusterId, parseListen, type Result, refuse } from "@strait/model";
import * as v from "valibot";

/** What a command line and its environment ask for. */
export type Options =
  | { readonly action: "help" | "version" }
  | (RunOptions & { readonly action: "run" })
  | (Partial<RunOptions> & { readonly action: "uninstall" | "trace" });

/** The cluster an app belongs to, where it runs in Kubernetes. */
export interface Membership {
  /** Where Submariner's objects of this cluster are. */
  readonly namespace: string;
  readonly clusterId: ClusterId;
}

/** What an app runs with, besides what it works by. */
export interface RunOptions {
  /** The config file; where there is none the app runs in Kubernetes. */
  readonly config?: string;
  readonly kubernetes?: Membership;
  /** Instead of the file's, so that two apps of one node can share a file. */
  readonly listen?: Listen;
  readonly log?: LogLevel;
  /** The compiled BPF programs, where they are not in their usual place. */
  readonly objectPath?: string;
}

/** Flags, what they take and what they are for; the text of --help is made from it. */
const FLAGS = {
  config: { type: "string", takes: "FILE", help: "the cluster file (YAML); read again when it changes [STRAIT_CONFIG]" },
  uninstall: { type: "boolean", takes: "", help: "remove everything Strait put on this node, and end" },
  trace: { type: "boolean", takes: "", help: "print what happens to every packet, one line each, until Ctrl-C" },
  listen: {
    type: "string",
    takes: "ADDRESS",
    help: "where to answer, instead of the file's: 127.0.0.1:PORT or unix:PATH [STRAIT_LISTEN]",
  },
  log: { type: "string", takes: "LEVEL", help: "debug, info, warn or error, instead of the file's [STRAIT_LOG]" },
  help: { type: "boolean", takes: "", help: "print this" },
  version: { type: "boolean", takes: "", help: "print the version" },
} as const;

const text = (name: string) => v.optional(v.pipe(v.string(), v.nonEmpty(`${name} is empty: give it a value or leave it out`)));

const schema = v.object({
  config: text("--config"),
  objectPath: text("STRAIT_BPF_OBJECT"),
  listen: text("--listen"),
  log: v.optional(
    v.picklist(
      ["debug", "info", "warn", "error"],
      (issue) => `--log ${issue.received} is no level: use debug, info, warn or error`,
    ),
  ),
  uninstall: v.optional(v.boolean(), false),
  trace: v.optional(v.boolean(), false),
  help: v.optional(v.boolean(), false),
  version: v.optional(v.boolean(), false),
});

/**
 * Reads flags, then the environment for what no flag says, into one frozen object. Total: a refusal is one sentence.
 *
 * @example
 * parseOptions(["--config", "strait.yaml"], {}) // {ok: true, value: {action: "run", config: "strait.yaml"}}
 */
export function parseOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Result<Options> {
  const flags = readFlags(argv);
  if (!flags.ok) return flags;
  const fromEnv = {
    config: env["STRAIT_CONFIG"],
    listen: env["STRAIT_LISTEN"],
    log: env["STRAIT_LOG"],
    objectPath: env["STRAIT_BPF_OBJECT"],
  };
  const parsed = v.safeParse(schema, { ...fromEnv, ...flags.value });
  if (!parsed.success) return refuse(parsed.issues[0].message);
  const { config, log, objectPath, trace, help, version } = parsed.output;
  // What Submariner's operator sets where it wants a node cleaned.
  const uninstall = parsed.output.uninstall || env["SUBMARINER_UNINSTALL"] === "true";
  if (help || version) return ok(Object.freeze({ action: help ? "help" : "version" }));
  const listen = parsed.output.listen === undefined ? undefined : parseListen(parsed.output.listen);
  if (listen && !listen.ok) return listen;
  const common = {
    ...(listen && { listen: listen.value }),
    ...(log && { log }),
    ...(objectPath !== undefined && { objectPath }),
  };
  if (uninstall && trace) return refuse("--uninstall and --trace are two things: say one of them");
  if (uninstall || trace) {
    return ok(Object.freeze({ action: uninstall ? "uninstall" : "trace", ...(config !== undefined && { config }), ...common }));
  }
  if (config !== undefined) return ok(Object.freeze({ action: "run", config, ...common }));
  const kubernetes = membership(env);
  if (!kubernetes.ok) return kubernetes;
  return ok(Object.freeze({ action: "run", kubernetes: kubernetes.value, ...common }));
}

/** Submariner's variables, as its operator and `strait join` set them. */
function membership(env: Readonly<Record<string, string | undefined>>): Result<Membership> {
  const namespace = env["SUBMARINER_NAMESPACE"];
  const id = env["SUBMARINER_CLUSTERID"];
  if (!namespace || !id) {
    return refuse(
      "there is no config: say --config FILE, or in Kubernetes set SUBMARINER_NAMESPACE and SUBMARINER_CLUSTERID, or see --help for the flags",
    );
  }
  const clusterId = parseClusterId(id);
  if (!clusterId.ok) return refuse(`SUBMARINER_CLUSTERID: ${clusterId.reason}`);
  return ok(Object.freeze({ namespace, clusterId: clusterId.value }));
}

/** The text of --help. */
export function helpText(app: string, purpose: string): string {
  const lines = Object.entries(FLAGS).map(([name, { takes, help }]) => `  ${`--${name} ${takes}`.padEnd(18)}${help}`);
  return [
    purpose,
    "",
    `usage: bun run ${app} --config FILE`,
    `       SUBMARINER_NAMESPACE=… SUBMARINER_CLUSTERID=… bun run ${app}   (in Kubernetes)`,
    `       bun run ${app} --uninstall [--config FILE]`,
    `       bun run ${app} --trace [--config FILE]`,
    "",
    ...lines,
    "",
    "SIGHUP reads the file again. SIGTERM ends the app; the node goes on forwarding.",
    "Exit codes: 0 ended as asked, 1 this node cannot do it, 2 the config or a flag is wrong.",
    "",
  ].join("\n");
}

function readFlags(argv: readonly string[]): Result<Record<string, string | boolean | undefined>> {
  try {
    const { values } = parseArgs({ args: [...argv], options: FLAGS, strict: true, allowPositionals: false });
    return ok(values);
  } catch (error) {
    // parseArgs explains how to pass a positional argument behind "--" in further sentences; the first one says enough.
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/);
    return refuse(`${first.replace(/\.$/, "")}: see --help`);
  }
}
