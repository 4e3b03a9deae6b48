// SPDX-License-Identifier: Apache-2.0
import { canonical, type SyncObject, type SyncRules, saysSame } from "@strait/plan";

/**
 * Remembers writes after which the object still differs from what was wanted: the server's definition is older and cuts what it does
 * not know. Without it such an object would be written for ever. It is empty after a restart, which costs one write each.
 */
export class CutWrites {
  readonly #rules: SyncRules;
  readonly #cut = new Map<string, { readonly wanted: string; readonly version: string | undefined }>();

  constructor(rules: SyncRules) {
    this.#rules = rules;
  }

  /** Takes note of what became of a write. */
  wrote(name: string, wanted: SyncObject, made: SyncObject): void {
    if (saysSame(made, wanted, this.#rules)) this.#cut.delete(name);
    else this.#cut.set(name, { wanted: says(wanted), version: made.metadata.resourceVersion });
  }

  /** Whether the object that is there is what became of this very wish. */
  already(name: string, wanted: SyncObject, there: SyncObject): boolean {
    const cut = this.#cut.get(name);
    return cut !== undefined && cut.version === there.metadata.resourceVersion && cut.wanted === says(wanted);
  }

  forget(name: string): void {
    this.#cut.delete(name);
  }
}

function says({ metadata: { labels, annotations }, ...rest }: SyncObject): string {
  return canonical([labels, annotations, rest]);
}
