// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";
import { BROKER } from "@strait/k8s";
import { type Listen, type LogLevel, ok, parseListen, type Result, refuse } from "@strait/model";
import * as v from "valibot";
import manifest from "./package.json" with { type: "json" };

/** What the broker is called, in logs, status and metrics. */
export const identity = Object.freeze({
  name: "broker",
  version: manifest.version,
  purpose:
    "Strait's broker: the small API server through which the clusters of a clusterset find each other. It carries no traffic.",
} as const);

/** What a broker runs with. */
export interface BrokerOptions {
  /** Folder of its objects, keys and certificates. */
  readonly data: string;
  /** Where clusters reach it. Port 0: any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Names and addresses in its certificate; the first one stands in kubeconfigs. */
  readonly names: readonly string[];
  readonly namespace: string;
  /** Where /healthz, /readyz, /metrics and /status answer. */
  readonly status: Listen;
  readonly log: LogLevel;
}

/** What a command line and its environment ask for. */
export type Options = { readonly action: "help" | "version" } | (BrokerOptions & { readonly action: "run" });

const FLAGS = {
  data: { type: "string", takes: "DIR", help: "folder of its data; made where it is missing [STRAIT_BROKER_DATA]" },
  listen: {
    type: "string",
    takes: "HOST:PORT",
    help: "where clusters reach it; 0.0.0.0:6443 when absent [STRAIT_BROKER_LISTEN]",
  },
  name: {
    type: "string",
    takes: "NAME",
    multiple: true,
    help: "a name or address under which clusters reach it; say it again for more",
  },
  namespace: { type: "string", takes: "NAME", help: `the broker's namespace; ${BROKER.namespace} when absent` },
  status: {
    type: "string",
    takes: "ADDRESS",
    help: "where to tell health and metrics: 127.0.0.1:PORT or unix:PATH; a socket in DIR when absent [STRAIT_LISTEN]",
  },
  log: { type: "string", takes: "LEVEL", help: "debug, info, warn or error [STRAIT_LOG]" },
  help: { type: "boolean", takes: "", help: "print this" },
  version: { type: "boolean", takes: "", help: "print the version" },
} as const;

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const schema = v.object({
  data: v.optional(v.pipe(v.string(), v.nonEmpty("--data is empty: name the folder of the broker's data"))),
  listen: v.optional(v.string(), "0.0.0.0:6443"),
  name: v.optional(
    v.array(
      v.pipe(
        v.string(),
        v.regex(/^[A-Za-z0-9:.-]+$/, (issue) => `--name ${JSON.stringify(issue.input)} is neither a DNS name nor an address`),
      ),
    ),
    [],
  ),
  namespace: v.optional(
    v.pipe(
      v.string(),
      v.regex(label, (issue) => `--namespace ${JSON.stringify(issue.input)} is no name of a namespace`),
    ),
    BROKER.namespace,
  ),
  status: v.optional(v.string()),
  log: v.optional(
    v.picklist(
      ["debug", "info", "warn", "error"],
      (issue) => `--log ${issue.received} is no level: use debug, info, warn or error`,
    ),
    "info",
  ),
  help: v.optional(v.boolean(), false),
  version: v.optional(v.boolean(), false),
});

/**
 * Flags, then the environment for what no flag says, as one frozen object. Total: a refusal is one sentence.
 *
 * @example readOptions(["--data", "/var/lib/strait-broker", "--name", "broker.example.com"], {})
 */
export function readOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Result<Options> {
  const flags = readFlags(argv);
  if (!flags.ok) return flags;
  const set = (name: string) => env[name] || undefined;
  const fromEnv = {
    data: set("STRAIT_BROKER_DATA"),
    listen: set("STRAIT_BROKER_LISTEN"),
    status: set("STRAIT_LISTEN"),
    log: set("STRAIT_LOG"),
  };
  const parsed = v.safeParse(schema, { ...fromEnv, ...flags.value });
  if (!parsed.success) return refuse(parsed.issues[0].message);
  const { data, name, namespace, log, help, version } = parsed.output;
  if (help || version) return ok(Object.freeze({ action: help ? "help" : "version" }));
  if (data === undefined) return refuse("there is no folder for its data: say --data DIR, or --help for the flags");
  const listen = parsePlace(parsed.output.listen);
  if (!listen.ok) return listen;
  const status =
    parsed.output.status === undefined
      ? ok<Listen>({ kind: "unix", path: `${data}/status.sock` })
      : parseListen(parsed.output.status);
  if (!status.ok) return status;
  return ok(Object.freeze({ action: "run", data, listen: listen.value, names: name, namespace, status: status.value, log }));
}

function parsePlace(text: string): Result<BrokerOptions["listen"]> {
  const [, six, four, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const [host, port] = [six ?? four, Number(digits)];
  if (host === undefined) return refuse(`--listen ${JSON.stringify(text)} is no HOST:PORT: write 0.0.0.0:6443 or [::]:6443`);
  return port > 65535 ? refuse(`port ${port} is out of range: use 0 to 65535`) : ok({ host, port });
}

/** The text of --help. */
export function helpText(): string {
  const lines = Object.entries(FLAGS).map(([name, { takes, help }]) => `  ${`--${name} ${takes}`.padEnd(20)}${help}`);
  return [
    identity.purpose,
    "",
    "usage: bun run broker --data DIR [--listen HOST:PORT] [--name NAME]…",
    "",
    ...lines,
    "",
    "DIR/admin.kubeconfig is the administrator's: strait deploy-broker --kubeconfig DIR/admin.kubeconfig makes the join file.",
    "SIGTERM ends it; clusters go on with what they know, and come back by themselves.",
    "Exit codes: 0 ended as asked, 1 it cannot run here, 2 a flag is wrong.",
    "",
  ].join("\n");
}

function readFlags(argv: readonly string[]): Result<Record<string, string | string[] | boolean | undefined>> {
  try {
    return ok(parseArgs({ args: [...argv], options: FLAGS, strict: true, allowPositionals: false }).values);
  } catch (error) {
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/);
    return refuse(`${first.replace(/\.$/, "")}: see --help`);
  }
}
