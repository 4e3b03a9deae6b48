// SPDX-License-Identifier: Apache-2.0
import type { KubeObject } from "./kube_object.ts";
import type { WatchEvent } from "./watch_event.ts";
import { olderThan } from "./watch_times.ts";

/**
 * How far a kind was followed. Versions grow; one that goes back means that the server lost some (restored from a copy): what we
 * know may never have been.
 *
 * @example
 * const lost = position.listed("41"); // the list is older than what was known
 * position.version; // "41": where a watch goes on from
 */
export class WatchPosition {
  #version: string | undefined;
  /** As `version`, and kept when that is given up. */
  #newest: string | undefined;

  /** Where a watch goes on from; undefined when only a list helps. */
  get version(): string | undefined {
    return this.#version;
  }

  /** A list of this version was read. Returns whether it is older than what was known. */
  listed(version: string): boolean {
    const back = this.#newest !== undefined && olderThan(version, this.#newest);
    this.#version = this.#newest = version;
    return back;
  }

  /**
   * An event came. Returns the version that it goes back to, where that shows a loss; undefined where all is well. What is deleted
   * may have been so in an older version: it says nothing.
   */
  advance<T extends KubeObject>(event: WatchEvent<T>): string | undefined {
    const version = "object" in event ? event.object.metadata.resourceVersion : event.resourceVersion;
    if (!version) return undefined;
    const older = this.#version !== undefined && olderThan(version, this.#version);
    if (older) return event.type === "DELETED" ? undefined : version;
    this.#version = this.#newest = version;
    return undefined;
  }

  /** The server does not know the version any more. */
  giveUp(): void {
    this.#version = undefined;
  }
}
