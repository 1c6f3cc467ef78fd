import type { DatabaseSync } from 'node:sqlite';

const customers = 4_000;
const minutesApart = 10;
const newest = '2026-01-01T00:00:00.000Z';

/**
 * Gives a database the orders of past years, up to `count` of them, so that a demonstration behaves like a shop with
 * a history. What is there stays. 50,000 take a few tenths of a second.
 */
export function addPastOrders(database: DatabaseSync, count: number): void {
  const { there } = database.prepare("SELECT count(*) AS there FROM orders WHERE id LIKE 'past-%'").get() as {
    there: number;
  };
  if (there >= count) {
    return;
  }
  database
    .prepare(`
      WITH RECURSIVE past (n) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT n + 1 FROM past WHERE n < ?)
      INSERT INTO orders
        (id, item, quantity, unit_price_cents, total_cents, currency, status, customer, reference, created_at)
      SELECT
        printf('past-%07d', n), item, 1 + n % 3, price_cents, price_cents * (1 + n % 3), 'USD',
        iif(n % 50 = 0, 'cancelled', 'confirmed'), 'customer-' || (n * 7919 % ${customers}), NULL,
        strftime('%Y-%m-%dT%H:%M:%fZ', '${newest}', '-' || ((? - n) * ${minutesApart}) || ' minutes')
      FROM past JOIN products ON products.rowid = 1 + n % 19
      WHERE true ON CONFLICT (id) DO NOTHING
    `)
    .run(there + 1, count, count);
}
