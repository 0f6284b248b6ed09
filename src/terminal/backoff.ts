/** The first wait: a server that restarts is back within a second, so the first try comes soon. */
const FIRST_WAIT_MS = 250;
/** No wait is longer: a shell is to be back within 2 s of its network, and even 300 browsers ask only 200 times a second. */
const LONGEST_WAIT_MS = 2_000;
/** After this many doublings the longest wait is reached anyway; it keeps the power from growing without end. */
const MOST_DOUBLINGS = 6;

/**
 * Milliseconds to wait before try number `attempt` (from 0): doubling, with half of it left to chance,
 * so that a room of browsers does not come back in the same instant. `random` is in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  const doublings = Math.min(Math.max(attempt, 0), MOST_DOUBLINGS);
  const ceilingMs = Math.min(FIRST_WAIT_MS * 2 ** doublings, LONGEST_WAIT_MS);
  return Math.round(ceilingMs * (0.5 + random / 2));
}
