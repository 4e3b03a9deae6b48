// SPDX-License-Identifier: Apache-2.0
import { reasonNames } from "@strait/codec";
import type { Rule } from "./source_files.ts";

const PAGE = "docs/troubleshooting.md";

/** Every reason of enum strait_reason has its row in the page that users read, once, and every row is a reason. */
export const reasonsAreExplained: Rule = (files) => {
  const page = files.find(({ path }) => path === PAGE);
  const rows = [...(page?.text ?? "").matchAll(/^\| `([a-z_]+)` \| [^|]+ \| [^|]+ \|$/gm)].map((match) => match[1] ?? "");
  const known: readonly string[] = reasonNames;
  return [
    ...known.flatMap((name) => {
      const count = rows.filter((row) => row === name).length;
      return count === 1 ? [] : [{ path: PAGE, message: `has ${count} rows for the reason ${name}, not one` }];
    }),
    ...rows.filter((row) => !known.includes(row)).map((row) => ({ path: PAGE, message: `${row} is no reason` })),
  ];
};
