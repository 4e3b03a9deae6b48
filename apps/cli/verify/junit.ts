// SPDX-License-Identifier: Apache-2.0
import type { CheckOutcome } from "./run_check.ts";

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char);

/** The outcomes as a JUnit report, which CI systems show. */
export function junit(outcomes: readonly CheckOutcome[]): string {
  const count = (result: CheckOutcome["result"]): number => outcomes.filter((outcome) => outcome.result === result).length;
  const cases = outcomes.map(({ check, family, result, reason = "", ms }) => {
    const head = `  <testcase name="${escapeXml(`${check} (IPv${family})`)}" time="${ms / 1000}"`;
    if (result === "passed") return `${head}/>`;
    return `${head}><${result === "failed" ? "failure" : "skipped"} message="${escapeXml(reason)}"/></testcase>`;
  });
  const totals = `tests="${outcomes.length}" failures="${count("failed")}" skipped="${count("skipped")}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="strait verify" ${totals}>\n${cases.join("\n")}\n</testsuite>\n`;
}
