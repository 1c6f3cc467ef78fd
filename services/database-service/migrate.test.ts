import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { type Migration, migrations } from './migrations.ts';

const at = { holder: 'pod-1', nowMs: 0 };

function step(version: number, sql: string): Migration {
  return { version, name: `step-${version}`, up: (database) => database.exec(sql) };
}

describe('migrate', () => {
  it('does each step once, in order', () => {
    const database = new DatabaseSync(':memory:');
    expect(migrate(database, migrations, at)).toEqual({ done: ['orders', 'products', 'orders-by-customer'] });
    expect(migrate(database, migrations, at)).toEqual({ done: [] });
  });

  it('does nothing while somebody else is at it', () => {
    const database = new DatabaseSync(':memory:');
    const [broken, later] = [step(1, 'nonsense'), step(1, 'CREATE TABLE one (id)')];
    expect(() => migrate(database, [broken], at)).toThrow('migration 1 "step-1" failed');
    expect(migrate(database, [later], { holder: 'pod-2', nowMs: 1 })).toEqual({
      done: [],
      lockedBy: { migration: 'step-1', holder: 'pod-1', takenAt: '1970-01-01T00:00:00.000Z' },
    });
  });

  it('takes a step that failed back, and remembers those before it', () => {
    const database = new DatabaseSync(':memory:');
    const steps = [step(1, 'CREATE TABLE one (id)'), step(2, 'CREATE TABLE two (id); nonsense')];
    expect(() => migrate(database, steps, at)).toThrow('step-2');
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name IN ('one', 'two')").all();
    expect(tables.map((row) => row['name'])).toEqual(['one']);
  });
});
