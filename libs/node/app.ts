// SPDX-License-Identifier: Apache-2.0
import { writeSync } from "node:fs";
import type { Dataplane } from "@strait/dataplane";
import type { Owner, Planner, Result } from "@strait/model";
import type { Log } from "@strait/obs";
import { systemTimers, type Timers } from "@strait/time";
import type { AppContext, AppParts } from "./extra.ts";
import type { NodeView } from "./node_status.ts";
import { unblockedWrite } from "./unblocked_write.ts";

/** What a dataplane is opened with. */
export interface OpenOptions {
  readonly pinDir: string;
  readonly owner: Owner;
  readonly objectPath?: string;
  /** Of the app. */
  readonly version?: string;
  /** Whether cables are probed. */
  readonly probes?: boolean;
  readonly log: Log;
}

/** What the trace is told with. */
export interface TraceOptions {
  readonly pinDir: string;
  readonly signal: AbortSignal;
  /** Takes one line; false once nobody reads any more. */
  readonly print: (line: string) => boolean;
}

/** Who does an app's work. A part that needs libraries of the machine is loaded when it is opened, so that --help needs none. */
export interface Wiring {
  /** Makes a planner, which remembers nothing yet. */
  readonly planner: () => Planner;
  /** Throws an Error whose message says what to change on this node. */
  readonly open: (options: OpenOptions) => Promise<Dataplane>;
  readonly uninstall: (options: OpenOptions) => Promise<{ readonly removed: readonly string[] }>;
  /** Prints the verdicts of the node's programs, one a line, until the signal aborts. Throws as `open` does. */
  readonly trace: (options: TraceOptions) => Promise<void>;
}

/** What makes an app this app. */
export interface AppSpec {
  readonly name: string;
  readonly owner: Owner;
  readonly version: string;
  /** One sentence for --help. */
  readonly purpose: string;
  readonly wiring: Wiring;
  /** The body of /status, a plain object; extras add a member each under their names. */
  readonly status: (view: NodeView) => unknown;
  /**
   * What the app works by in Kubernetes, and what runs beside its loop. The refusal is one sentence: the environment is wrong.
   * Nothing may be waited for here that an API server has to answer.
   */
  readonly kubernetes?: (context: AppContext) => Promise<Result<AppParts>>;
}

/** What a process gives an app; a test gives its own. */
export interface System {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False once nobody reads any more. */
  readonly out: (text: string) => boolean;
  readonly err: (text: string) => void;
  readonly timers: Timers;
  /** Calls back at every such signal until the returned function is called. */
  readonly onSignal: (name: "SIGTERM" | "SIGINT" | "SIGHUP", run: () => void) => () => void;
}

/** The process this runs in, with another command line or environment where those are given. */
export function processSystem({ argv, env }: Partial<Pick<System, "argv" | "env">> = {}): System {
  return {
    argv: argv ?? process.argv.slice(2),
    env: env ?? process.env,
    out: (text) => write(1, text),
    err: unblockedWrite(2),
    timers: systemTimers,
    onSignal(name, run) {
      process.on(name, run);
      return () => void process.off(name, run);
    },
  };
}

/** At once, so that nothing is lost when the process ends right after. */
function write(fd: number, text: string): boolean {
  try {
    writeSync(fd, text);
    return true;
  } catch (error) {
    // Of another descriptor's making it may say EAGAIN: the line is lost then, and the next one may not be.
    return !(error instanceof Error && "code" in error && error.code === "EPIPE");
  }
}
