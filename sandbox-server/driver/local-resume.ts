/** Where the output of an attachment begins. */

export interface Kept {
  readonly epoch: string;
  /** Offset of the oldest byte that is kept, */
  readonly start: number;
  /** and of the next one that will be printed. */
  readonly end: number;
}

export interface ResumePoint {
  readonly epoch: string;
  readonly offset: number;
}

export interface Beginning {
  /** False: a screen comes first, for nothing that the browser has goes on here. */
  readonly isResumed: boolean;
  readonly offset: number;
  /** Bytes that this browser will never see. */
  readonly lostBytes: number;
}

/** Goes on at the byte that the browser asks for if it is of this shell and still kept; otherwise at the oldest one. */
export function makeBeginning({ epoch, start, end }: Kept, resume: ResumePoint | undefined): Beginning {
  const seen = resume?.epoch === epoch && resume.offset <= end ? resume.offset : undefined;
  if (seen !== undefined && seen >= start) return { isResumed: true, offset: seen, lostBytes: 0 };
  return { isResumed: false, offset: start, lostBytes: start - (seen ?? 0) };
}
