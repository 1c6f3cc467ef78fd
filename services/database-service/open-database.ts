import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { ServiceContext } from '../shared/context.ts';
import type { Config } from './config.ts';
import { openConnection } from './connection.ts';
import { migrate, type Migrated } from './migrate.ts';
import { migrations } from './migrations.ts';
import { addPastOrders } from './past-orders.ts';
import { createSchemaLock, type SchemaLock } from './schema-lock.ts';

const lookEveryMs = 500;
const remindEveryMs = 10_000;

export interface Database {
  file: string;
  /** False while another process is changing the schema. */
  readonly isUpToDate: boolean;
  close(): void;
}

/**
 * Opens the database file and brings its schema up to date. When somebody else is at it, waits in the background until
 * they are done, and says for whom.
 * @throws when the volume can't be written, the file is no database, or a migration fails
 */
export function openDatabase({ logger }: ServiceContext, config: Config): Database {
  mkdirSync(config.DATA_DIR, { recursive: true });
  const file = join(config.DATA_DIR, `${config.DB_NAME}.db`);
  const { database, close } = openConnection(file);
  if (config.RELEASE_SCHEMA_LOCK !== undefined) {
    const migration = config.RELEASE_SCHEMA_LOCK;
    const released = createSchemaLock(database).release(migration);
    logger.warn({ migration, released }, released ? 'schema lock is released' : 'there is no such schema lock');
  }
  let timer: NodeJS.Timeout | undefined;
  let isUpToDate = false;

  function attempt(remindAtMs: number): void {
    const nowMs = Date.now();
    const { done, lockedBy } = bringUpToDate(database, config, nowMs);
    if (!lockedBy) {
      isUpToDate = true;
      close();
      logger.info({ file, migrations: done }, 'database is open');
      return;
    }
    const remind = nowMs >= remindAtMs;
    if (remind) {
      logger.warn({ lock: lockedBy }, waitingFor(lockedBy));
    }
    timer = setTimeout(attempt, lookEveryMs, remind ? nowMs + remindEveryMs : remindAtMs);
  }

  try {
    attempt(0);
  } catch (error) {
    close();
    throw error;
  }
  return {
    file,
    get isUpToDate() {
      return isUpToDate;
    },
    close() {
      clearTimeout(timer);
      if (!isUpToDate) {
        close();
      }
    },
  };
}

function bringUpToDate(database: DatabaseSync, config: Config, nowMs: number): Migrated {
  const migrated = migrate(database, migrations, { holder: hostname(), nowMs });
  if (!migrated.lockedBy && config.PAST_ORDERS > 0) {
    addPastOrders(database, config.PAST_ORDERS);
  }
  return migrated;
}

function waitingFor({ migration, holder, takenAt }: SchemaLock): string {
  return `the schema is locked: ${holder} took the lock at ${takenAt} for the migration "${migration}"; waiting until it is released`;
}
