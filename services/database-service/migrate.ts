import type { DatabaseSync } from 'node:sqlite';
import type { Migration } from './migrations.ts';
import { createSchemaLock, type SchemaLock } from './schema-lock.ts';

export interface Migrated {
  /** Names of the steps done now. */
  done: string[];
  /** Who is at it instead of us, if anyone: nothing was done then, and it is to be tried again. */
  lockedBy?: SchemaLock;
}

/**
 * Brings the schema up to date, one step at a time and each in a transaction, and remembers which were done. Nothing
 * is locked when there is nothing to do. A step that fails leaves the lock behind: not everything that a migration
 * does can be rolled back, so somebody has to look, and to say so by releasing it.
 * @throws what the failed step threw
 */
export function migrate(
  database: DatabaseSync,
  migrations: readonly Migration[],
  { holder, nowMs }: { holder: string; nowMs: number },
): Migrated {
  const takenAt = new Date(nowMs).toISOString();
  database.exec(
    'CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
  );
  const lock = createSchemaLock(database);
  const done: string[] = [];
  for (let next = nextOf(database, migrations); next; next = nextOf(database, migrations)) {
    const lockedBy = lock.take({ migration: next.name, holder, takenAt });
    if (lockedBy) {
      return { done, lockedBy };
    }
    // Somebody else may have done it between our look and our lock.
    if (nextOf(database, migrations) === next) {
      apply(database, next, takenAt);
      done.push(next.name);
    }
    lock.release(next.name);
  }
  return { done };
}

function nextOf(database: DatabaseSync, migrations: readonly Migration[]): Migration | undefined {
  const rows = database.prepare('SELECT version FROM schema_migrations').all();
  const applied = new Set(rows.map((row) => row['version']));
  return migrations.find(({ version }) => !applied.has(version));
}

function apply(database: DatabaseSync, migration: Migration, appliedAt: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    migration.up(database);
    database
      .prepare('INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)')
      .run(migration.version, migration.name, appliedAt);
    database.exec('COMMIT');
  } catch (cause) {
    database.exec('ROLLBACK');
    const { message } = cause as Error;
    throw new Error(`migration ${migration.version} "${migration.name}" failed: ${message}`, { cause });
  }
}
