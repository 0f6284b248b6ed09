/** `lab.yaml`: what an author says about a lab. The site's content collection and the server read it by this one schema. */
import * as z from 'zod/mini';
import { localised } from './language.ts';
import { slug } from './sandbox.ts';

/** Longer than a working day is a forgotten sandbox, not a lab. */
const MAX_CEILING_MINUTES = 12 * 60;
/** More goals or messages than this is a mistake of indentation, not a lab. */
const MAX_GOALS = 20;
const MAX_MESSAGES = 200;
/** What has more topics than this is found under every word, and so under none. */
const MAX_TAGS = 6;

/** A lesson compares two or three accounts; more is a list that nobody keeps in mind. */
const MAX_ACCOUNTS = 5;

/** What an account of a lab may do in the learner's namespace: fixed here, so that no lab invents rights. */
export const accountRoles = ['view', 'edit-pods'] as const;
export type AccountRole = (typeof accountRoles)[number];

const serviceAccount = z.strictObject({
  name: slug.check(
    z.refine(
      (name) => name !== 'default',
      'every pod without an account has this one: name another, and its pods by it',
    ),
  ),
  role: z.enum(accountRoles),
});

/** Ids of messages, as a check prints them. */
export const messageId = z.string().check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/), z.maxLength(60));

const goals = z.array(z.string().check(z.minLength(1))).check(z.minLength(1), z.maxLength(MAX_GOALS));

export const labDefinition = z.strictObject({
  title: localised,
  summary: localised,
  goals: z.strictObject({ en: goals, fr: z.optional(goals) }),
  level: z.enum(['beginner', 'intermediate', 'advanced']),
  /** What it is about, for who looks for a lab: the same words in every language. */
  tags: z._default(z.array(slug).check(z.maxLength(MAX_TAGS)), []),
  /** Labs that one should have done before. */
  prerequisites: z._default(z.array(slug).check(z.maxLength(MAX_GOALS)), []),
  /** How long a learner needs, about. */
  minutes: z.int().check(z.minimum(1), z.maximum(MAX_CEILING_MINUTES)),
  /** How isolated and how powerful the sandbox is. */
  tier: z._default(z.enum(['namespace']), 'namespace'),
  image: z.string().check(z.regex(/^[a-z0-9][a-z0-9./_-]*(:[A-Za-z0-9._-]+)?$/)),
  /** Accounts for pods that ask the API server; where a lab names one, all pods of its learner reach that. */
  serviceAccounts: z._default(
    z.array(serviceAccount).check(
      z.maxLength(MAX_ACCOUNTS),
      z.refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two accounts have the same name'),
    ),
    [],
  ),
  /** `learner`: nothing but the outer wall is there, and NetworkPolicies are the learner's to write. */
  network: z._default(z.enum(['default', 'learner']), 'default'),
  /** When a sandbox of this lab ends, whatever happens. */
  ceilingMinutes: z.int().check(z.minimum(1), z.maximum(MAX_CEILING_MINUTES)),
  /** What checks may say, by id; `{name}` stands for a value that the check gives. */
  messages: z._default(
    z
      .record(messageId, localised)
      .check(z.refine((messages) => Object.keys(messages).length <= MAX_MESSAGES, `at most ${MAX_MESSAGES} messages`)),
    {},
  ),
});
export type LabDefinition = z.infer<typeof labDefinition>;

/** The front matter of `steps/01-name.md`. */
export const stepFrontMatter = z.strictObject({ title: z.string().check(z.minLength(1)) });

/** `01-name.md` or `01-name.fr.md`: number and name of a step; the number decides the order. */
export const stepFileName = /^(?<number>\d{2})-(?<name>[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(?<language>fr))?\.md$/;

/** Names of checks: the file's name in `checks/` and the argument of `::check{name=…}`. */
export const checkName = slug;
