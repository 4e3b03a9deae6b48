// SPDX-License-Identifier: Apache-2.0

/** What a finished command left behind. `code` is 128 + n after signal n. */
export interface CommandOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of the lab ended with a code other than 0: verb, object and what it wrote to stderr. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly argv: readonly string[];
  readonly output: CommandOutput;

  constructor(argv: readonly string[], output: CommandOutput) {
    super(`${argv.join(" ")}: exit code ${output.code}: ${output.stderr.trim() || output.stdout.trim() || "no output"}`);
    this.argv = argv;
    this.output = output;
  }
}

export interface CommandOptions {
  /** Written to the command's stdin, which is then closed. */
  readonly stdin?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

const running = new Set<Bun.Subprocess>();

/** Ends every command that {@link output} is waiting for. */
export function endRunning(): void {
  for (const child of running) child.kill("SIGKILL");
}

/**
 * Runs a command and returns what it left behind, whatever its exit code.
 *
 * @example
 * const { code, stdout } = await output(["ip", "-j", "link"]);
 */
export async function output(argv: readonly string[], options: CommandOptions = {}): Promise<CommandOutput> {
  const child = Bun.spawn([...argv], {
    stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  running.add(child);
  try {
    const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { code, stdout, stderr };
  } finally {
    running.delete(child);
  }
}

/**
 * Runs a command that must succeed and returns its stdout; throws {@link CommandError} otherwise.
 *
 * @example
 * await run(["ip", "netns", "add", "st1a-east-gw1"]);
 */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await output(argv, options);
  if (result.code !== 0) throw new CommandError(argv, result);
  return result.stdout;
}

/** The same as {@link output}, blocking: for tear-down inside signal and exit handlers, where nothing can be awaited. */
export function outputSync(argv: readonly string[], stdin?: string): CommandOutput {
  const child = Bun.spawnSync([...argv], {
    stdin: stdin === undefined ? "ignore" : Buffer.from(stdin),
    stdout: "pipe",
    stderr: "pipe",
  });
  return { code: child.exitCode ?? 255, stdout: child.stdout.toString(), stderr: child.stderr.toString() };
}
