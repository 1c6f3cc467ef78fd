import type { DatabaseSync } from 'node:sqlite';

export interface SchemaLock {
  /** The migration for which it was taken. */
  migration: string;
  holder: string;
  takenAt: string;
}

/**
 * One row that says who changes the schema. It is not tied to a connection, so it outlives a process that dies at
 * work; then a person has to look before anybody goes on.
 */
export function createSchemaLock(database: DatabaseSync) {
  database.exec(`
    CREATE TABLE IF NOT EXISTS schema_lock (
      id INTEGER PRIMARY KEY CHECK (id = 1), migration TEXT NOT NULL, holder TEXT NOT NULL, taken_at TEXT NOT NULL
    ) STRICT
  `);
  const read = () =>
    database.prepare('SELECT migration, holder, taken_at AS takenAt FROM schema_lock').get() as SchemaLock | undefined;
  return {
    read,
    /** Who holds it; undefined when it is ours now. */
    take({ migration, holder, takenAt }: SchemaLock): SchemaLock | undefined {
      const { changes } = database
        .prepare('INSERT INTO schema_lock VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(migration, holder, takenAt);
      return changes === 1 ? undefined : read();
    },
    /** Only the lock of that migration: whoever names another one has not looked. */
    release(migration: string): boolean {
      return database.prepare('DELETE FROM schema_lock WHERE migration = ?').run(migration).changes === 1;
    },
  };
}
