import { Worker } from 'node:worker_threads';
import type { SQLInputValue } from 'node:sqlite';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import { toSqliteError } from './sqlite-failures.ts';
import type { SqliteReply, SqliteRequest } from './sqlite-worker.ts';

interface Waiting {
  readonly resolve: (reply: SqliteReply) => void;
  readonly reject: (error: Error) => void;
}

/** A Kysely dialect whose queries run in a worker thread. */
export function createSqliteDialect(file: string): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createWorkerDriver(file),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function createWorkerDriver(file: string): Driver {
  let worker: Worker | undefined;
  let nextId = 0;
  const waiting = new Map<number, Waiting>();
  // SQLite has one writer; a transaction must not be mixed with the queries of others.
  let turn: Promise<void> = Promise.resolve();
  let release: () => void = () => undefined;

  const connection: DatabaseConnection = {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const id = nextId++;
      const reply = await new Promise<SqliteReply>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        const request: SqliteRequest = { id, sql, parameters: parameters as readonly SQLInputValue[] };
        worker?.postMessage(request);
      });
      if (reply.error !== undefined) throw toSqliteError(reply.error, reply.errorCode);
      return { rows: reply.rows as R[], numAffectedRows: reply.changes };
    },
    streamQuery() {
      throw new Error('Nothing here reads more than fits into one reply.');
    },
  };
  const run = (sql: string) => connection.executeQuery(CompiledQuery.raw(sql)).then(() => undefined);

  return {
    async init() {
      worker = await openWorker(file, waiting);
    },
    async acquireConnection() {
      const before = turn;
      turn = new Promise((resolve) => {
        void before.then(() => (release = resolve));
      });
      await before;
      return connection;
    },
    releaseConnection: () => Promise.resolve(release()),
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    rollbackTransaction: () => run('rollback'),
    async destroy() {
      if (!worker) return;
      const ended = new Promise<void>((resolve) => worker?.once('exit', () => resolve()));
      worker.postMessage('close');
      await ended;
    },
  };
}

/** Resolves when the database is open and ours alone. */
async function openWorker(file: string, waiting: Map<number, Waiting>): Promise<Worker> {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: { file } });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  worker.on('message', (reply: SqliteReply) => {
    waiting.get(reply.id)?.resolve(reply);
    waiting.delete(reply.id);
  });
  worker.on('error', (cause) => {
    for (const { reject } of waiting.values()) reject(new Error('The database thread has died.', { cause }));
    waiting.clear();
  });
  return worker;
}
