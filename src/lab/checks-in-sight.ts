/**
 * Tells the server which checks somebody has in sight, so that they become done without a click: those of the open step
 * that are not done, while the page is visible and the sandbox runs. Nothing is asked while there is nothing to be done.
 */
import { WATCH_LEASE_MS } from '../../sandbox-server/protocol/requests.ts';
import type { SandboxSession } from '../terminal/sandbox-session.ts';

/** Who leafs through the steps has none of them in sight. */
const SETTLE_MS = 300;
/** A lost answer or two do not end it. */
const RENEW_MS = WATCH_LEASE_MS / 3;

export interface ChecksInSightOptions {
  readonly session: SandboxSession;
  /** Tells this page from the person's others. */
  readonly page: () => Promise<string>;
  /** Names of the open step's checks that are not done. */
  readonly listOpen: () => readonly string[];
}

export interface ChecksInSight {
  /** To be called when another step is open, or something is done. */
  update(): void;
  /** What is asked by itself, as far as the server has said. */
  readonly watched: ReadonlySet<string>;
}

export function followChecksInSight(options: ChecksInSightOptions): ChecksInSight {
  const sight = new Sight(options);
  document.addEventListener('visibilitychange', () => sight.update());
  options.session.subscribe(() => sight.update());
  return sight;
}

interface Told {
  readonly sandboxId: string;
  readonly checks: readonly string[];
}

class Sight implements ChecksInSight {
  watched: ReadonlySet<string> = new Set();
  readonly #options: ChecksInSightOptions;
  #told: Told | null = null;
  /** Until something else than what was told has stayed in sight for a moment. */
  #settling: ReturnType<typeof setTimeout> | undefined;
  /** Until what was told is told again. */
  #renewing: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ChecksInSightOptions) {
    this.#options = options;
  }

  update(): void {
    clearTimeout(this.#settling);
    if (isSame(this.#look(), this.#told)) return;
    this.#settling = setTimeout(() => void this.#tell(this.#look()), SETTLE_MS);
  }

  /** Null where there is no sandbox to be told of anything. */
  #look(): Told | null {
    const { phase } = this.#options.session.state;
    if (phase.kind !== 'running') return null;
    const checks = document.visibilityState === 'visible' ? this.#options.listOpen() : [];
    return { sandboxId: phase.sandbox.id, checks };
  }

  async #tell(now: Told | null): Promise<void> {
    clearTimeout(this.#renewing);
    const hadNone = this.watched.size === 0;
    this.#told = now;
    if (now === null || (now.checks.length === 0 && hadNone)) {
      this.watched = new Set();
      return;
    }
    const { session, page } = this.#options;
    const answer = await session.api.watchChecks(now.sandboxId, { page: await page(), checks: [...now.checks] });
    /* Something else was told meanwhile. */
    if (this.#told !== now) return;
    if (answer.ok) this.watched = new Set(answer.value.checks);
    const isRenewed = answer.ok ? this.watched.size > 0 : answer.refusal.retryable;
    if (isRenewed) this.#renewing = setTimeout(() => void this.#tell(now), RENEW_MS);
  }
}

function isSame(one: Told | null, other: Told | null): boolean {
  if (one === null || other === null) return one === other;
  return one.sandboxId === other.sandboxId && one.checks.join(' ') === other.checks.join(' ');
}
