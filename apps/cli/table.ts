// SPDX-License-Identifier: Apache-2.0

/**
 * Columns as kubectl and subctl print them: upper-case heads, cells padded to the widest, three spaces between.
 *
 * @example
 * formatTable(["NODE", "HA STATUS"], [["gw1", "active"]]); // "NODE   HA STATUS\ngw1    active\n"
 */
export function formatTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("   ")
      .trimEnd()}\n`;
  return [heads, ...rows].map(line).join("");
}
