import type { DatabaseSync } from 'node:sqlite';
import { catalogue } from './catalogue.ts';

interface Migration {
  version: number;
  name: string;
  up(database: DatabaseSync): void;
}

/** In order, each once; a migration that was released is never changed, a new one is added. */
const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'orders',
    up(database) {
      database.exec(`
        CREATE TABLE orders (
          id TEXT PRIMARY KEY,
          item TEXT NOT NULL,
          quantity INTEGER NOT NULL CHECK (quantity > 0),
          unit_price_cents INTEGER NOT NULL,
          total_cents INTEGER NOT NULL,
          currency TEXT NOT NULL,
          status TEXT NOT NULL,
          customer TEXT NOT NULL,
          reference TEXT,
          created_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX orders_by_time ON orders (created_at);
      `);
    },
  },
  {
    version: 2,
    name: 'products',
    up(database) {
      database.exec(
        'CREATE TABLE products (item TEXT PRIMARY KEY, title TEXT NOT NULL, price_cents INTEGER NOT NULL) STRICT',
      );
      const insert = database.prepare('INSERT INTO products (item, title, price_cents) VALUES (?, ?, ?)');
      for (const { item, title, priceCents } of catalogue) {
        insert.run(item, title, priceCents);
      }
    },
  },
];

/**
 * Brings the schema up to date, all steps or none, and remembers which were done.
 * @returns the names of the steps done now
 */
export function migrate(database: DatabaseSync, nowMs: number): string[] {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(
      'CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
    );
    const done = new Set(
      database
        .prepare('SELECT version FROM schema_migrations')
        .all()
        .map((row) => row['version']),
    );
    const todo = migrations.filter((migration) => !done.has(migration.version));
    const remember = database.prepare('INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)');
    for (const migration of todo) {
      migration.up(database);
      remember.run(migration.version, migration.name, new Date(nowMs).toISOString());
    }
    database.exec('COMMIT');
    return todo.map((migration) => migration.name);
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
