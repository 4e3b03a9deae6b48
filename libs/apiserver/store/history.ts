// SPDX-License-Identifier: Apache-2.0
import type { Database, Statement } from "bun:sqlite";
import type { Change } from "./stored_object.ts";

/** The history may hold this many bytes of objects besides its limit of changes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The last changes, for watches that resume and for pages of a list at one resourceVersion. Belongs to ObjectStore. */
export class History {
  readonly #db: Database;
  readonly #limit: number;
  readonly #add: Statement<unknown, [number, string, string, string, string, string, string | null]>;
  readonly #after: Statement<Omit<Change, "old"> & { old: string | null }, [string, number, number]>;
  #revision: number;
  #floor: number;
  #bytes: number;

  constructor(db: Database, limit: number) {
    this.#db = db;
    this.#limit = limit;
    this.#add = db.query("INSERT INTO history (rv, resource, namespace, name, type, body, old) VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#after = db.query("SELECT * FROM history WHERE resource = ? AND rv > ? ORDER BY rv LIMIT ?");
    const last = db.query<{ seq: number }, []>("SELECT seq FROM sqlite_sequence WHERE name = 'history'").get();
    this.#revision = last?.seq ?? 1;
    const first = db.query<{ rv: number | null; bytes: number | null }, []>(
      "SELECT min(rv) AS rv, sum(length(body) + length(coalesce(old, ''))) AS bytes FROM history",
    );
    const found = first.get();
    this.#floor = (found?.rv ?? this.#revision + 1) - 1;
    this.#bytes = found?.bytes ?? 0;
  }

  get revision(): number {
    return this.#revision;
  }

  get floor(): number {
    return this.#floor;
  }

  /** Inside the transaction of the write. */
  add({ rv, resource, namespace, name, type, body, old }: Change): void {
    this.#add.run(rv, resource, namespace, name, type, body, old ?? null);
  }

  /** After the commit: this is the newest change now. */
  advance({ rv, body, old }: Change): void {
    this.#revision = rv;
    this.#bytes += body.length + (old?.length ?? 0);
  }

  /**
   * Forgets the oldest changes where there are too many. The write before is committed and told by now, so a disk without room for it
   * only makes the history longer than it should be; the next write tries again.
   */
  trim(): void {
    const newest = this.#revision;
    try {
      if (newest - this.#floor > this.#limit * 1.25) this.#forget(newest - this.#limit);
      // At most half of the changes at a time, so that a few big objects do not make every watch start over.
      while (this.#bytes > MAX_BYTES && this.#floor < newest - 1)
        this.#forget(this.#floor + Math.ceil((newest - this.#floor) / 2));
    } catch {
      // Whatever keeps SQLite from deleting keeps it from writing, too: the next write says so to whoever asks for it.
    }
  }

  /** @returns undefined where changes after `rv` are forgotten. */
  after(resource: string, rv: number, limit = -1): Change[] | undefined {
    if (rv < this.#floor) return undefined;
    return this.#after.all(resource, rv, limit).map((row) => ({ ...row, old: row.old ?? undefined }));
  }

  #forget(upTo: number): void {
    this.#db.run("DELETE FROM history WHERE rv <= ?", [upTo]);
    this.#floor = upTo;
    this.#bytes =
      this.#db
        .query<{ bytes: number | null }, []>("SELECT sum(length(body) + length(coalesce(old, ''))) AS bytes FROM history")
        .get()?.bytes ?? 0;
  }
}
