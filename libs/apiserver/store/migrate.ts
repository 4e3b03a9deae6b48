// SPDX-License-Identifier: Apache-2.0
import type { Database } from "bun:sqlite";

const VERSION = 1;

/** Sets up the tables of a new file. @throws Error where the file was written by a newer program, or another process has it open. */
export function migrate(db: Database, synchronous: "FULL" | "NORMAL"): void {
  // The resourceVersion is counted in memory: a second process on the same data would count the same numbers again.
  db.run("PRAGMA locking_mode = EXCLUSIVE");
  db.run("PRAGMA journal_mode = WAL");
  db.run(`PRAGMA synchronous = ${synchronous}`);
  db.run("PRAGMA busy_timeout = 2000");
  db.run("PRAGMA cache_size = -4096");
  const found = db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
  if (found > VERSION) throw new Error(`the data was written by a newer program (format ${found}, this one knows ${VERSION})`);
  db.transaction(() => {
    db.run(
      "CREATE TABLE IF NOT EXISTS objects (resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, rv INTEGER NOT NULL, uid TEXT, body TEXT NOT NULL, PRIMARY KEY (resource, namespace, name))",
    );
    db.run("CREATE INDEX IF NOT EXISTS objects_uid ON objects (uid)");
    db.run("CREATE INDEX IF NOT EXISTS objects_namespace ON objects (namespace)");
    db.run(
      "CREATE TABLE IF NOT EXISTS owners (owner TEXT NOT NULL, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (owner, resource, namespace, name)) WITHOUT ROWID",
    );
    db.run("CREATE INDEX IF NOT EXISTS owners_object ON owners (resource, namespace, name)");
    // AUTOINCREMENT: a resourceVersion is never given twice, even where all of the history was pruned.
    db.run(
      "CREATE TABLE IF NOT EXISTS history (rv INTEGER PRIMARY KEY AUTOINCREMENT, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, old TEXT)",
    );
    db.run("CREATE INDEX IF NOT EXISTS history_resource ON history (resource, rv)");
    db.run(`PRAGMA user_version = ${VERSION}`);
  })();
}
