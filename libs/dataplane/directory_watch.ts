// SPDX-License-Identifier: Apache-2.0
import { existsSync, type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";

/**
 * Tells of changes in a directory that need not be there yet: until it is, its nearest ancestor is watched. A directory that
 * is removed and made again is found again.
 *
 * @example
 * using records = new DirectoryWatch(() => news.tell());
 * records.watch("/var/lib/cni/results");
 */
export class DirectoryWatch implements Disposable {
  readonly #tell: (file: string | undefined) => void;
  #wanted: string | undefined;
  #watched: string | undefined;
  #watcher: FSWatcher | undefined;

  /** @param tell is given the name of the file that changed; undefined where that is not known, so that any may have */
  constructor(tell: (file: string | undefined) => void) {
    this.#tell = tell;
  }

  /** Watches another directory from now on; harmless where it is the one that is watched. */
  watch(path: string): void {
    this.#wanted = path;
    this.#arm();
  }

  close(): void {
    this.#wanted = undefined;
    this.#drop();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Goes on until nothing came or went between the look and the watch. */
  #arm(): void {
    for (;;) {
      const nearest = this.#wanted === undefined ? undefined : nearestExisting(this.#wanted);
      if (nearest === this.#watched) return;
      this.#drop();
      if (nearest === undefined) return;
      try {
        this.#watcher = watch(nearest, { persistent: false }, (_, name) => this.#changed(name));
        this.#watcher.on("error", () => this.#drop());
        this.#watched = nearest;
      } catch {
        // It went in between: look again.
      }
    }
  }

  #changed(name: string | null): void {
    const before = this.#watched;
    // A directory that was removed is watched no more, even where one of that name is there again.
    if (this.#watched !== undefined && !existsSync(this.#watched)) this.#drop();
    this.#arm();
    const still = before === this.#wanted && this.#watched === this.#wanted;
    if (still) this.#tell(name ?? undefined);
    else if (this.#watched === this.#wanted || before === this.#wanted) this.#tell(undefined);
  }

  #drop(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#watched = undefined;
  }
}

function nearestExisting(path: string): string {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}
