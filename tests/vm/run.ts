// SPDX-License-Identifier: Apache-2.0
/**
 * Runs one program on the host to its end.
 *
 * @module
 */

/** How a program ended. `exit` is -1 where it could not start or died of a signal. */
export interface RunResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `argv` and keeps its output. A program that is not there is a result (exit -1 and the reason), not an exception.
 *
 * @example
 * const { exit, stdout } = await run(["uname", "-r"]);
 */
export async function run(
  argv: readonly string[],
  options: { readonly cwd?: string; readonly stdin?: string; readonly signal?: AbortSignal } = {},
): Promise<RunResult> {
  options.signal?.throwIfAborted();
  try {
    const child = Bun.spawn([...argv], {
      stdin: options.stdin === undefined ? "ignore" : new TextEncoder().encode(options.stdin),
      stdout: "pipe",
      stderr: "pipe",
      env: { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const [stdout, stderr, exit] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    options.signal?.throwIfAborted();
    return { exit: child.signalCode ? -1 : exit, stdout, stderr };
  } catch (cause) {
    options.signal?.throwIfAborted();
    return { exit: -1, stdout: "", stderr: cause instanceof Error ? cause.message : String(cause) };
  }
}
