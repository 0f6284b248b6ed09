/** From `npm start` on a built machine to the site, and to the first possible sandbox. */
import { join } from 'node:path';
import { startPodium } from '../support/podium.ts';
import type { Figure } from './figures.ts';

const SITE_LIMIT_SECONDS = 5;
const SANDBOX_LIMIT_SECONDS = 30;

/** Starts a Podium of its own beside the one that other figures are taken on. */
export async function measureStartUp(): Promise<readonly Figure[]> {
  const podium = await startPodium(join(import.meta.dirname, '../..'), { name: 'bench-start-up' });
  await podium.stop();
  const seconds = (ms: number) => ms / 1000;
  return [
    { name: 'start-up-site', value: seconds(podium.siteMs), unit: 's', limit: SITE_LIMIT_SECONDS },
    { name: 'start-up-labs-ready', value: seconds(podium.readyMs), unit: 's', limit: SANDBOX_LIMIT_SECONDS },
  ];
}
