import { DatabaseSync } from 'node:sqlite';
import type { Product } from './catalogue.ts';
import type { Order } from './order.ts';
import { createSchemaLock, type SchemaLock } from './schema-lock.ts';

// A busy lock stops the whole process while SQLite waits for it, so it must not wait for long.
const busyTimeoutMs = 50;

/** One connection and the statements it has prepared: all questions that this service puts to its tables. */
export interface Connection {
  database: DatabaseSync;
  insertOrder(order: Order): void;
  findOrder(id: string): Order | undefined;
  latestOrders(limit: number): Order[];
  /** The newest orders of one customer that are in this state. */
  ordersOf(customer: string, status: string, limit: number): Order[];
  findProduct(item: string): Product | undefined;
  products(): Product[];
  /** False when there is no such product. */
  setPrice(item: string, priceCents: number): boolean;
  /** How far the migrations have come, and who is at it. */
  schema(): { version: number; lock: SchemaLock | null };
  close: () => void;
}

/** @throws when the file can't be opened or is no database */
export function openConnection(file: string): Connection {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY');
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  function statement(sql: string): ReturnType<DatabaseSync['prepare']> {
    const known = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, known);
    return known;
  }

  return {
    database,
    insertOrder(order) {
      statement(
        `INSERT INTO orders
           (id, item, quantity, unit_price_cents, total_cents, currency, status, customer, reference, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      ).run(
        order.id,
        order.item,
        order.quantity,
        order.unitPriceCents,
        order.totalCents,
        order.currency,
        order.status,
        order.customer,
        order.reference,
        order.createdAt,
      );
    },
    findOrder: (id) => asOrder(statement(`SELECT ${orderColumns} FROM orders WHERE id = ?`).get(id)),
    latestOrders: (limit) =>
      statement(`SELECT ${orderColumns} FROM orders ORDER BY created_at DESC LIMIT ?`)
        .all(limit)
        .map((row) => asOrder(row) as Order),
    ordersOf: (customer, status, limit) =>
      statement(`SELECT ${orderColumns} FROM orders WHERE customer = ? AND status = ? ORDER BY created_at DESC LIMIT ?`)
        .all(customer, status, limit)
        .map((row) => asOrder(row) as Order),
    findProduct: (item) => asProduct(statement(`SELECT ${productColumns} FROM products WHERE item = ?`).get(item)),
    products: () =>
      statement(`SELECT ${productColumns} FROM products ORDER BY rowid`)
        .all()
        .map((row) => asProduct(row) as Product),
    setPrice: (item, priceCents) =>
      statement('UPDATE products SET price_cents = ? WHERE item = ?').run(priceCents, item).changes === 1,
    schema() {
      const { version } = statement('SELECT max(version) AS version FROM schema_migrations').get() as {
        version: number | null;
      };
      return { version: version ?? 0, lock: createSchemaLock(database).read() ?? null };
    },
    close: () => database.close(),
  };
}

const orderColumns = `id, item, quantity, unit_price_cents AS unitPriceCents, total_cents AS totalCents, currency, status,
  customer, reference, created_at AS createdAt`;
const productColumns = 'item, title, price_cents AS priceCents';

/** The schema is strict: SQLite gives exactly the types that the columns name. */
function asOrder(row: object | undefined): Order | undefined {
  return row as Order | undefined;
}

function asProduct(row: object | undefined): Product | undefined {
  return row as Product | undefined;
}
