// SPDX-License-Identifier: Apache-2.0
/** Lines before a failed test's own line that are kept: the assertion, the source it stands in and the end of what the programs said. */
const KEPT_LINES = 60;

/**
 * What `bun test` printed of each failed test: the lines before its `(fail)`, back to the test before. A gate prints megabytes, and who reads it
 * later may have been given its end only.
 *
 * @param output all that one process printed
 * @returns one text for each failed test, in order, beginning with its file; empty when none failed
 *
 * @example
 * failures("a_test.ts:\nerror: expected 1\n(fail) adds [1.00ms]\n"); // ["a_test.ts:\nerror: expected 1\n(fail) adds [1.00ms]"]
 */
export function failures(output: string): string[] {
  const found: string[] = [];
  let file = "";
  let lines: string[] = [];
  for (const line of Bun.stripANSI(output).split("\n")) {
    if (/^\S+_test\.ts:$/.test(line)) {
      file = line;
      lines = [];
    } else lines.push(line);
    if (!/^\((fail|pass|skip)\) /.test(line)) continue;
    if (line.startsWith("(fail)")) found.push([file, ...lines.slice(-KEPT_LINES - 1)].join("\n"));
    lines = [];
  }
  return found;
}
