/** Writers to one SQLite file that are killed at random moments, one after the other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createSqliteStore } from '../../sandbox-server/store/sqlite-store.ts';
import { findLost } from './acknowledged-writes.ts';

const PROGRAM = join(import.meta.dirname, 'progress-writer.ts');
/** Some hundred writes, and a checkpoint of the log now and then. */
const LONGEST_MS = 120;

export interface KillOutcome {
  readonly kills: number;
  readonly acknowledged: number;
  readonly lost: number;
}

/** Each new writer opens what the one before has left; all that any of them was told is looked for at the end of each. */
export async function killSqliteWriters(file: string, kills: number, random: () => number): Promise<KillOutcome> {
  let acknowledged = 0;
  let lost = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const told = await writeUntilKilled(file, kill * 1_000_000, random() * LONGEST_MS);
    await using store = await createSqliteStore(file);
    lost += (await findLost(store, told)).length;
    acknowledged += told.length;
  }
  return { kills, acknowledged, lost };
}

async function writeUntilKilled(file: string, first: number, killAfterMs: number): Promise<readonly number[]> {
  const child = spawn(process.execPath, [PROGRAM, file, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const told: number[] = [];
  let isToldOfKill = false;
  for await (const line of createInterface({ input: child.stdout })) {
    told.push(Number(line));
    if (isToldOfKill) continue;
    isToldOfKill = true;
    // From its first word, so that what starts slowly is killed while it writes too.
    void delay(killAfterMs).then(() => child.kill('SIGKILL'));
  }
  await exited;
  return told;
}
