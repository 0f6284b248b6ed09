/** What is kept of a person, as they see it and take it along. Times are ISO 8601, UTC. */
import * as z from 'zod/mini';

/** `GET /api/me/data` */
export const myData = z.object({
  madeAt: z.string(),
  checksDone: z.array(z.object({ lab: z.string(), check: z.string(), at: z.string() })),
  /** The step that was open last. */
  places: z.array(z.object({ lab: z.string(), step: z.int(), at: z.string() })),
  answers: z.array(z.object({ lab: z.string(), question: z.string(), answers: z.array(z.int()), at: z.string() })),
  /** How long a lab took, of the first time that it was done. */
  finishedRuns: z.array(z.object({ lab: z.string(), seconds: z.int() })),
  /** Files that were left in the home of a lab; they are at the address, as a tar.gz. */
  homes: z.array(z.object({ lab: z.string(), at: z.string(), bytes: z.int(), address: z.string() })),
});
export type MyData = z.infer<typeof myData>;

/** `DELETE /api/me/data`: how many of each there were. The sandboxes end; they are gone in a moment. */
export const forgottenReply = z.object({
  sandboxes: z.int(),
  checksDone: z.int(),
  places: z.int(),
  answers: z.int(),
  finishedRuns: z.int(),
  homes: z.int(),
});
export type ForgottenReply = z.infer<typeof forgottenReply>;
