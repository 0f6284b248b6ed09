/** From `npm start` on a built machine to the site, and to the first possible sandbox. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeInstancePaths } from '../../deploy/cluster/instance.ts';
import { startPodium } from '../support/podium.ts';
import type { Figure } from './figures.ts';

const INSTANCE = 'bench-start-up';
const SITE_LIMIT_SECONDS = 5;
const SANDBOX_LIMIT_SECONDS = 30;

/** The second start is measured: on a built machine an instance has its images unpacked from the one before. */
export async function measureStartUp(): Promise<readonly Figure[]> {
  const root = join(import.meta.dirname, '../..');
  // What an earlier measurement has unpacked would make the first start a second one.
  await rm(makeInstancePaths(INSTANCE).directory, { recursive: true, force: true });
  const first = await startPodium(root, { name: INSTANCE });
  await first.stop();
  const second = await startPodium(root, { name: INSTANCE });
  await second.stop();
  const seconds = (ms: number) => ms / 1000;
  return [
    { name: 'start-up new-instance', value: seconds(first.readyMs), unit: 's' },
    { name: 'start-up site', value: seconds(second.siteMs), unit: 's', limit: SITE_LIMIT_SECONDS },
    { name: 'start-up labs-ready', value: seconds(second.readyMs), unit: 's', limit: SANDBOX_LIMIT_SECONDS },
  ];
}
