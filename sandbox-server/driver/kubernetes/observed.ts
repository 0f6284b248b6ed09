/** What the driver reads of the cluster's answers, checked: never more than it needs. Pure. */
import * as z from 'zod/mini';
import { PodiumError } from '../../errors.ts';

const tokenAnswer = z.object({ status: z.object({ token: z.string() }) });

/** The token of an answer to a TokenRequest. */
export function decodeToken(answer: unknown): string {
  return decode(tokenAnswer, answer).status.token;
}

/** Throws `cluster_refused` where the cluster answers something that Kubernetes would not. */
export function decode<Schema extends z.ZodMiniType>(schema: Schema, answer: unknown): z.infer<Schema> {
  const result = schema.safeParse(answer);
  if (!result.success) throw new PodiumError('cluster_refused', { cause: result.error });
  return result.data;
}
