import type { DatabaseSync } from 'node:sqlite';
import { catalogue } from './catalogue.ts';

export interface Migration {
  version: number;
  name: string;
  up(database: DatabaseSync): void;
}

/** In order, each once; a migration that was released is never changed, a new one is added. */
export const migrations: readonly Migration[] = [
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
  {
    version: 3,
    name: 'orders-by-customer',
    up(database) {
      database.exec('CREATE INDEX orders_by_customer ON orders (customer, status, created_at)');
    },
  },
  {
    version: 4,
    name: 'customer-id',
    up(database) {
      database.exec('ALTER TABLE orders RENAME COLUMN customer TO customer_id');
    },
  },
];
