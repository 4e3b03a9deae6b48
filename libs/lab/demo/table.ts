// SPDX-License-Identifier: Apache-2.0

/**
 * Lays rows out in columns as wide as their widest cell; numbers to the right.
 *
 * @example
 * table(["pod", "packets"], [["east/w1", 12]]);
 * // "pod      packets\neast/w1       12"
 */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => `${row[column] ?? ""}`.length)));
  const line = (row: readonly (string | number)[]) =>
    row
      .map((cell, column) =>
        pad(
          `${cell}`,
          widths[column] ?? 0,
          rows.every((other) => typeof other[column] === "number"),
        ),
      )
      .join("  ");
  return all.map((row) => line(row).trimEnd()).join("\n");
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}
