/** `content/paths/<slug>.yaml`: labs that belong together, in the order in which one does them. */
import * as z from 'zod/mini';
import { localised } from './language.ts';
import { slug } from './sandbox.ts';

/** A course of several days; more is a list of everything. */
const MAX_LABS = 40;

export const labPath = z.strictObject({
  title: localised,
  summary: localised,
  labs: z.array(slug).check(z.minLength(1), z.maxLength(MAX_LABS)),
});
export type LabPath = z.infer<typeof labPath>;
