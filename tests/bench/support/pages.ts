// SPDX-License-Identifier: Apache-2.0
import { type AnyResult, fillBlocks, resultsNamed } from "./page_blocks.ts";

/** A page as it is and as it should be. Paths are relative to the root of the repository. */
export interface Page {
  readonly path: string;
  readonly text: string;
  readonly current: string;
}

/** Every page of the repository that shows a run, in the order of their paths. */
export async function benchPages(): Promise<Page[]> {
  const docs = await Array.fromAsync(new Bun.Glob("docs/**/*.md").scan("."));
  const pages: Page[] = [];
  for (const path of ["README.md", ...docs.sort()]) {
    const text = await Bun.file(path).text();
    const named = resultsNamed(text);
    if (named.length === 0) continue;
    const results = new Map<string, AnyResult>();
    for (const file of named) if (await Bun.file(file).exists()) results.set(file, (await Bun.file(file).json()) as AnyResult);
    pages.push({ path, text, current: fillBlocks(text, results) });
  }
  return pages;
}
