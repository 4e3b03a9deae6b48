// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { MAP_VERSION } from "@strait/model";
import { listLayouts, Pins } from "./pins.ts";
import { SetupError } from "./setup_error.ts";

/** Maps that a later version of Strait has pinned on this node. */
export interface LaterLayout {
  /** The folder they are in. */
  readonly path: string;
  /** "v2". */
  readonly layout: string;
  /** The version that pinned them first, where it left its mark. */
  readonly madeBy?: string;
}

/** The latest layout on this node that is later than ours; undefined where there is none, or no map in it. */
export function laterLayout(pinDir: string): LaterLayout | undefined {
  const later = listLayouts(pinDir).filter((layout) => numberOf(layout) > numberOf(MAP_VERSION));
  for (const layout of later.sort((a, b) => numberOf(b) - numberOf(a))) {
    const path = join(pinDir, layout);
    // An empty folder forwards nothing: somebody was interrupted in making or in removing it.
    if (!readdirSync(path).some((name) => name.startsWith("strait_"))) continue;
    const { madeBy } = new Pins(pinDir, layout);
    return { path, layout, ...(madeBy !== undefined && { madeBy }) };
  }
  return undefined;
}

/**
 * Refuses a node on which a later version forwards by maps that this one cannot read. Its programs would stand beside ours at the
 * same interfaces, so nothing is touched: what is there goes on as it is.
 *
 * @throws SetupError with what was found and what to do.
 */
export function refuseLaterLayout(pinDir: string): void {
  const found = laterLayout(pinDir);
  if (found === undefined) return;
  const { path, layout, madeBy } = found;
  const [who, wanted] =
    madeBy === undefined ? ["a later Strait", "the version that did"] : [`Strait ${madeBy}`, `Strait ${madeBy}`];
  throw new SetupError(
    `${path} holds maps of layout ${layout}, pinned by ${who}, and this version knows layout ${MAP_VERSION} only: run ${wanted} or a later one on this node, or take Strait off it first (strait uninstall for the cluster, strait routeagent --uninstall for a node); what is there goes on forwarding, untouched`,
  );
}

function numberOf(layout: string): number {
  return Number(layout.slice(1));
}
