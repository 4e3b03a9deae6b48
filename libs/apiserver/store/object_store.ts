// SPDX-License-Identifier: Apache-2.0
import { Database, type Statement } from "bun:sqlite";
import { chmodSync } from "node:fs";
import { History } from "./history.ts";
import { migrate } from "./migrate.ts";
import type { Change, ObjectKey, Range, Storable, StoredObject } from "./stored_object.ts";

export interface StoreOptions {
  /** "power": a write is on the disk before it is acknowledged. "process": it survives the death of this process, not that of the machine. */
  readonly durability: "power" | "process";
  /** How many writes a watch may lag behind. */
  readonly historyLimit?: number;
  /** The file grows to this many bytes at most: what does not fit is refused as on a full disk. No limit when absent. */
  readonly maxBytes?: number;
}

/**
 * All objects of one API server in a SQLite file (WAL). Every write gets the next resourceVersion, one sequence for all kinds, and is
 * one transaction; listeners hear of it after it is committed. Everything is synchronous: between two awaits the store stands still.
 *
 * @throws Error of SQLite where the file cannot be opened or written; nothing is acknowledged then.
 */
export class ObjectStore {
  readonly #db: Database;
  readonly #history: History;
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #get: Statement<StoredObject, [string, string, string]>;
  readonly #put: Statement<unknown, [string, string, string, number, string | null, string]>;
  readonly #remove: Statement<unknown, [string, string, string]>;
  readonly #own: Statement<unknown, [string, string, string, string]>;
  readonly #disown: Statement<unknown, [string, string, string]>;
  readonly #write: (change: Change, uid: string | null, owners: readonly string[]) => void;

  constructor(path: string, { durability, historyLimit = 10_000, maxBytes }: StoreOptions) {
    this.#db = new Database(path, { create: true, strict: true });
    chmodSync(path, 0o600); // Secrets lie in it
    migrate(this.#db, durability === "power" ? "FULL" : "NORMAL");
    if (maxBytes !== undefined) limitSize(this.#db, maxBytes);
    this.#history = new History(this.#db, historyLimit);
    this.#get = this.#db.query("SELECT * FROM objects WHERE resource = ? AND namespace = ? AND name = ?");
    this.#put = this.#db.query(
      "INSERT INTO objects (resource, namespace, name, rv, uid, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (resource, namespace, name) DO UPDATE SET rv = excluded.rv, uid = excluded.uid, body = excluded.body",
    );
    this.#remove = this.#db.query("DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?");
    this.#own = this.#db.query("INSERT OR IGNORE INTO owners (owner, resource, namespace, name) VALUES (?, ?, ?, ?)");
    this.#disown = this.#db.query("DELETE FROM owners WHERE resource = ? AND namespace = ? AND name = ?");
    this.#write = this.#db.transaction((change: Change, uid: string | null, owners: readonly string[]) => {
      const { resource, namespace, name } = change;
      if (change.type !== "ADDED") this.#disown.run(resource, namespace, name);
      if (change.type === "DELETED") this.#remove.run(resource, namespace, name);
      else {
        this.#put.run(resource, namespace, name, change.rv, uid, change.body);
        for (const owner of owners) this.#own.run(owner, resource, namespace, name);
      }
      this.#history.add(change);
    });
  }

  /** The newest resourceVersion. */
  get revision(): number {
    return this.#history.revision;
  }

  /** The oldest resourceVersion after which every change is still known. */
  get floor(): number {
    return this.#history.floor;
  }

  get({ resource, namespace, name }: ObjectKey): StoredObject | undefined {
    return this.#get.get(resource, namespace, name) ?? undefined;
  }

  /** Objects by namespace, then name. */
  list(range: Range): StoredObject[] {
    const where = ["resource = $resource"];
    const values: Record<string, string | number> = { resource: range.resource };
    if (range.namespace !== undefined) {
      where.push("namespace = $namespace");
      values["namespace"] = range.namespace;
    }
    if (range.name !== undefined) {
      where.push("name = $name");
      values["name"] = range.name;
    }
    if (range.after) {
      where.push("(namespace, name) > ($afterNamespace, $afterName)");
      values["afterNamespace"] = range.after.namespace;
      values["afterName"] = range.after.name;
    }
    const limit = range.limit === undefined ? "" : ` LIMIT ${range.limit}`;
    return this.#db
      .query<StoredObject, Record<string, string | number>>(
        `SELECT resource, namespace, name, rv, body FROM objects WHERE ${where.join(" AND ")} ORDER BY namespace, name${limit}`,
      )
      .all(values);
  }

  /** How many objects the range holds, its limit aside. */
  count({ resource, namespace }: Range): number {
    const sql = `SELECT count(*) AS n FROM objects WHERE resource = ?${namespace === undefined ? "" : " AND namespace = ?"}`;
    const values = namespace === undefined ? [resource] : [resource, namespace];
    return this.#db.query<{ n: number }, string[]>(sql).get(...values)?.n ?? 0;
  }

  /** Every object of a namespace but the events, of all resources. */
  inNamespace(namespace: string, limit: number): StoredObject[] {
    return this.#db
      .query<StoredObject, [string, number]>(
        "SELECT resource, namespace, name, rv, body FROM objects WHERE namespace = ? LIMIT ?",
      )
      .all(namespace, limit);
  }

  /** The object with this uid. */
  byUid(uid: string): StoredObject | undefined {
    return this.#db.query<StoredObject, [string]>("SELECT * FROM objects WHERE uid = ?").get(uid) ?? undefined;
  }

  /** Objects that name this uid among their owners. */
  ownedBy(uid: string): StoredObject[] {
    return this.#db
      .query<StoredObject, [string]>(
        "SELECT o.* FROM owners w JOIN objects o ON o.resource = w.resource AND o.namespace = w.namespace AND o.name = w.name WHERE w.owner = ?",
      )
      .all(uid);
  }

  /** Distinct owners' uids that belong to no object. */
  missingOwners(): string[] {
    return this.#db
      .query<{ owner: string }, []>(
        "SELECT DISTINCT owner FROM owners WHERE owner NOT IN (SELECT uid FROM objects WHERE uid IS NOT NULL)",
      )
      .all()
      .map(({ owner }) => owner);
  }

  /** Uids of objects that say somewhere when they are deleted: those that wait for a finalizer are among them. */
  maybeDeleting(): string[] {
    return this.#db
      .query<{ uid: string }, []>("SELECT uid FROM objects WHERE uid IS NOT NULL AND instr(body, '\"deletionTimestamp\"') > 0")
      .all()
      .map(({ uid }) => uid);
  }

  /** Writes a new state and sets its `metadata.resourceVersion`. @returns the change, already told to the listeners. */
  put(key: ObjectKey, object: Storable, old?: StoredObject): Change {
    return this.#commit(key, old ? "MODIFIED" : "ADDED", object, old?.body);
  }

  /** Removes an object; its `metadata.resourceVersion` becomes that of the deletion. */
  remove(key: ObjectKey, object: Storable, old: StoredObject): Change {
    return this.#commit(key, "DELETED", object, old.body);
  }

  /** Changes of one resource after a resourceVersion, oldest first; undefined where some are forgotten. */
  changesAfter(resource: string, rv: number, limit?: number): Change[] | undefined {
    return this.#history.after(resource, rv, limit);
  }

  /** Called after each commit, in the order of the resourceVersions. @returns what ends it. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#db.close(false);
  }

  #commit({ resource, namespace, name }: ObjectKey, type: Change["type"], object: Storable, old: string | undefined): Change {
    const rv = this.revision + 1;
    object.metadata.resourceVersion = String(rv);
    const change: Change = { resource, namespace, name, rv, type, body: JSON.stringify(object), old };
    this.#write(
      change,
      object.metadata.uid ?? null,
      (object.metadata.ownerReferences ?? []).map(({ uid }) => uid),
    );
    this.#history.advance(change);
    for (const listener of this.#listeners) listener(change);
    this.#history.trim();
    return change;
  }
}

function limitSize(db: Database, maxBytes: number): void {
  const { page_size: page } = db.query<{ page_size: number }, []>("PRAGMA page_size").get() ?? { page_size: 4096 };
  db.run(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / page))}`);
}
