/** What can be done with showings. Who asks has been let in already; each action says what it needs beyond that. */
import type { Clock } from '../clock.ts';
import { PodiumError } from '../errors.ts';
import type { Events } from '../events/events.ts';
import {
  KEPT_CAPTIONS,
  type Command,
  type Position,
  type Question,
  type ShowingMessage,
  type ShowingRole,
  type ShowingSettings,
} from '../protocol/showing.ts';
import type { KeptShowing, ShowingStore } from '../store/showing-store.ts';
import { isPublic, rankQuestions } from './showing-state.ts';
import { hashKey, type MakeSecrets } from './secrets.ts';

/** A talk and the questions after it, or a day of training; who forgets to end it shows the room nothing the next evening. */
const LIFETIME_MS = 24 * 60 * 60_000;
/** More than a conference has at once. */
const MAX_LIVE = 50;
/** A presenter with a few phones and a few people who type captions. */
const MAX_KEYS = 20;
/** More questions than a talk answers, from one person; and more than a presenter reads, from all. */
const MAX_QUESTIONS_EACH = 20;
const MAX_QUESTIONS = 1_000;
/** Codes are random: that one is taken twice is beyond chance. */
const CODE_TRIES = 5;
const MAX_ANSWERED = 200;

const FIRST_SETTINGS: ShowingSettings = { mayLookAhead: false, takesQuestions: true, isModerated: true };

export interface ShowingsDeps extends MakeSecrets {
  readonly store: ShowingStore;
  readonly events: Events;
  readonly clock: Clock;
}

export interface Showings {
  /** The code, and the presenter's key. */
  begin(deck: string): Promise<{ readonly code: string; readonly key: string }>;
  /** Throws where there is none, or it has ended. */
  requireLive(code: string): Promise<KeptShowing>;
  /** What the key lets its holder do; without one that is good: follow. */
  roleOf(code: string, key: string | undefined): Promise<ShowingRole>;
  makeLink(code: string, role: ShowingRole): Promise<string>;
  move(code: string, position: Position): Promise<void>;
  command(code: string, command: Command): void;
  showScreen(code: string, text: string): void;
  change(code: string, settings: ShowingSettings): Promise<void>;
  caption(code: string, text: string, isFinal: boolean): Promise<void>;
  ask(code: string, text: string, author: string): Promise<string>;
  moderate(code: string, id: string, state: Question['state']): Promise<void>;
  voteFor(code: string, id: string, voter: string): Promise<void>;
  votePoll(
    code: string,
    vote: { readonly poll: string; readonly answers: readonly number[] },
    voter: string,
  ): Promise<void>;
  /** Also of a showing that has ended. */
  listPublic(code: string): Promise<readonly Question[]>;
  listAnswered(deck: string): Promise<readonly Question[]>;
  end(code: string): Promise<void>;
}

export function createShowings(deps: ShowingsDeps): Showings {
  const { store, events, clock } = deps;
  const now = () => new Date(clock.now());
  const since = () => new Date(clock.now() - LIFETIME_MS);
  const tell = (code: string, message: ShowingMessage, isForAll = true) =>
    events.publish({ type: 'showing', code, isForAll, message });
  const end = async (code: string) => {
    await store.end(code, now());
    tell(code, { type: 'ended' });
  };
  const requireLive = async (code: string) => {
    const showing = await store.find(code);
    if (!showing || showing.endedAt || showing.changedAt < since()) throw new PodiumError('showing_unknown');
    return showing;
  };

  return {
    ...makeAudienceActions(deps, { requireLive, tell }),
    requireLive,
    end,
    async begin(deck) {
      for (const code of await store.listStale(since())) await end(code);
      if ((await store.countLive(since())) >= MAX_LIVE) throw new PodiumError('too_many_showings');
      for (let tries = 0; tries < CODE_TRIES; tries += 1) {
        const code = deps.makeCode();
        if (!(await store.create({ code, deck, settings: FIRST_SETTINGS, startedAt: now() }))) continue;
        const key = deps.makeKey();
        await store.addKey(code, 'presenter', hashKey(key));
        return { code, key };
      }
      throw new PodiumError('internal', { cause: new Error('No code is free.') });
    },
    async roleOf(code, key) {
      return (key === undefined ? undefined : await store.findRole(code, hashKey(key))) ?? 'follower';
    },
    async makeLink(code, role) {
      if ((await store.countKeys(code)) >= MAX_KEYS)
        throw new PodiumError('rate_limited', { values: { seconds: '60' } });
      const key = deps.makeKey();
      await store.addKey(code, role, hashKey(key));
      return key;
    },
    async move(code, position) {
      const sequence = await store.move(code, position, now());
      if (sequence === undefined) throw new PodiumError('showing_unknown');
      tell(code, { type: 'position', sequence, position });
    },
    command: (code, command) => tell(code, { type: 'command', command }, false),
    showScreen: (code, text) => tell(code, { type: 'screen', text }),
    async change(code, settings) {
      await store.changeSettings(code, settings, now());
      tell(code, { type: 'settings', settings });
    },
    async caption(code, text, isFinal) {
      if (isFinal && text !== '') {
        const { captions } = await requireLive(code);
        await store.keepCaptions(code, [...captions, text].slice(-KEPT_CAPTIONS));
      }
      tell(code, { type: 'caption', text, isFinal });
    },
    async moderate(code, id, state) {
      const question = await store.changeQuestion(code, id, state);
      if (!question) throw new PodiumError('bad_request');
      tell(code, { type: 'question', question });
    },
    listPublic: async (code) => rankQuestions((await store.listQuestions(code)).filter(isPublic)),
    listAnswered: (deck) => store.listAnswered(deck, MAX_ANSWERED),
  };
}

interface Means {
  readonly requireLive: Showings['requireLive'];
  readonly tell: (code: string, message: ShowingMessage) => void;
}

/** What strangers may write, and how much of it. */
function makeAudienceActions(
  { store, events, clock, makeId }: ShowingsDeps,
  { requireLive, tell }: Means,
): Pick<Showings, 'ask' | 'voteFor' | 'votePoll'> {
  return {
    async ask(code, text, author) {
      const { settings } = await requireLive(code);
      if (!settings.takesQuestions) throw new PodiumError('questions_closed');
      const all = (await store.listQuestions(code)).length;
      const own = await store.countQuestionsOf(code, author);
      if (all >= MAX_QUESTIONS || own >= MAX_QUESTIONS_EACH) throw new PodiumError('too_many_questions');
      const state = settings.isModerated ? 'waiting' : 'shown';
      const question = { id: makeId(), text, state } as const;
      await store.addQuestion(code, { ...question, author, at: new Date(clock.now()) });
      tell(code, { type: 'question', question: { ...question, votes: 0 } });
      return question.id;
    },
    async voteFor(code, id, voter) {
      const wanted = (await store.listQuestions(code)).find((question) => question.id === id);
      // One that waits is nobody's business, so it is as if it were not there.
      if (!wanted || !isPublic(wanted)) throw new PodiumError('bad_request');
      const question = await store.voteForQuestion(code, id, voter);
      if (question) tell(code, { type: 'question', question });
    },
    async votePoll(code, { poll, answers }, voter) {
      const open = (await requireLive(code)).position?.poll;
      if (open?.id !== poll) throw new PodiumError('poll_closed');
      const chosen = [...new Set(answers)].toSorted((one, other) => one - other);
      const isFitting = chosen.every((answer) => answer < open.options) && (open.isMulti || chosen.length === 1);
      if (!isFitting) throw new PodiumError('bad_request');
      await store.voteInPoll(code, poll, voter, chosen);
      events.publish({ type: 'showing-vote', code, poll });
    },
  };
}
