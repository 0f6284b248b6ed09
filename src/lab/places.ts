/** Where the learner is in a lab, told to the server, and where they were last on another device. */
import type { LabProgress } from '../../sandbox-server/protocol/requests.ts';
import type { SandboxApi } from '../terminal/sandbox-api.ts';

export interface Places {
  /** When this browser was at its step, in milliseconds since 1970. */
  readonly at: number;
  /** The learner goes to a step. */
  note(step: number, before: number): void;
  /** The step to open instead, once the server has said where they were; undefined to stay. */
  open(kept: LabProgress['place'], isAskedFor: boolean): number | undefined;
}

export interface PlacesOptions {
  readonly lab: string;
  readonly api: Pick<SandboxApi, 'keepPlace' | 'serverNow'>;
  /** From when this browser's own step is. */
  readonly at: number;
}

export function createPlaces({ lab, api, at: first }: PlacesOptions): Places {
  let at = first;
  return {
    get at() {
      return at;
    },
    note(step, before) {
      if (step === before) return;
      at = api.serverNow();
      void api.keepPlace(lab, step);
    },
    open(kept, isAskedFor) {
      // An address that names a step is what somebody wants to see now.
      if (kept === undefined || isAskedFor) return undefined;
      const keptAt = Date.parse(kept.at);
      if (keptAt <= at) return undefined;
      at = keptAt;
      return kept.step;
    },
  };
}
