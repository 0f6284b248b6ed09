/** What a page is told of a showing, by what its holder may do. Pure. */
import {
  type PollResult,
  type Question,
  type ShowingRole,
  showingRoles,
  type ShowingState,
} from '../protocol/showing.ts';
import type { KeptShowing } from '../store/showing-store.ts';

/** Whether `role` may do what needs `needed`. */
export function includesRole(role: ShowingRole, needed: ShowingRole): boolean {
  return showingRoles.indexOf(role) <= showingRoles.indexOf(needed);
}

/** Questions that wait or were hidden, and how many follow, concern those who present. */
export function isStaff(role: ShowingRole): boolean {
  return includesRole(role, 'remote');
}

export function isPublic({ state }: Question): boolean {
  return state === 'shown' || state === 'answered';
}

export function makeState(
  showing: KeptShowing,
  { questions, polls }: { readonly questions: readonly Question[]; readonly polls: readonly PollResult[] },
  role: ShowingRole,
): ShowingState {
  return {
    type: 'state',
    deck: showing.deck,
    role,
    sequence: showing.sequence,
    position: showing.position ?? null,
    settings: showing.settings,
    questions: questions.filter((each) => isStaff(role) || isPublic(each)),
    captions: [...showing.captions],
    polls: [...polls],
    startedAt: showing.startedAt.toISOString(),
  };
}

/** The most votes first, then the oldest, as they come. */
export function rankQuestions(questions: readonly Question[]): Question[] {
  return questions.toSorted((one, other) => other.votes - one.votes);
}
