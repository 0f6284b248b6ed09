import type { Driver, SandboxRecord } from '../driver/driver.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { toPodiumError } from '../errors.ts';
import type { Logger } from '../telemetry/log.ts';
import { writeFiles } from './home-files.ts';
import type { Lab } from '../labs/lab.ts';
import type { KeptHomes } from './kept-homes.ts';
import type { Lifetimes } from './lifetimes.ts';
import type { SandboxEntry } from './sandbox-entry.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** The driver has limits of its own for each step; this is for the case that one of them has none. */
const START_LIMIT_MS = 180_000;

export interface StartDeps {
  readonly drivers: DriverSwitch;
  readonly room: WaitingRoom;
  readonly lifetimes: Lifetimes;
  readonly homes: KeptHomes;
  readonly log: Logger;
  /** Tells the person's pages how it goes. */
  readonly announce: () => void;
}

export interface StartedSandbox {
  readonly record: SandboxRecord;
  /** It was there before: somebody works in it. */
  readonly isFound: boolean;
}

/** Starts it when there is a cluster, and room; a cluster that turns out to be full is waited for like any other. */
export async function startWhenThereIsRoom(
  deps: StartDeps,
  { entry, lab }: { readonly entry: SandboxEntry; readonly lab: Lab },
  cancelled: AbortSignal,
): Promise<StartedSandbox> {
  const { drivers, room, lifetimes, announce } = deps;
  const { image, ceilingMinutes, serviceAccounts: accounts, network } = lab.definition;
  const lifeMinutes = lifetimes.firstMinutes(ceilingMinutes);
  for (;;) {
    const driver = await drivers.whenReady(cancelled);
    await room.enter(entry, cancelled);
    try {
      const record = await driver.start(
        { ownerHash: entry.ownerHash, lab: { slug: lab.slug, image, lifeMinutes, accounts, network } },
        (stage) => {
          entry.stages.begin(stage);
          if (entry.state === 'starting') announce();
        },
        // A server that goes away leaves a start to the next one, so only the learner cancels it here.
        AbortSignal.any([entry.abort.signal, AbortSignal.timeout(START_LIMIT_MS)]),
      );
      // One that is older was found: what is in it is newer than what the lab brings, and than what is kept.
      const isFound = record.createdAt < entry.createdAt;
      if (!isFound) await fillHome(deps, { entry, lab, driver });
      return { record, isFound };
    } catch (error) {
      if (!driver.line || toPodiumError(error).code !== 'cluster_full') throw error;
      room.noteFull(entry);
    }
  }
}

/** What the lab brings, and over it what its learner has left. Where that fails the entry says so, and the shell is there. */
async function fillHome(
  { homes, log }: StartDeps,
  { entry, lab, driver }: { readonly entry: SandboxEntry; readonly lab: Lab; readonly driver: Driver },
): Promise<void> {
  try {
    await writeFiles(driver, entry.id, lab.files, entry.abort.signal);
  } catch (error) {
    entry.code = 'lab_files_failed';
    log.error({ err: error, sandbox: entry.id, lab: lab.slug }, 'the files of a lab could not be written');
  }
  await homes.restore(entry, driver);
}
