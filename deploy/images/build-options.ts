/** What the steps of a build are told, and what they tell. */
export interface BuildOptions {
  readonly cacheDir: string;
  /** Programs compiled by deploy/cluster. */
  readonly partsDirectory: string;
  /** Where Debian packages come from, if not from the mirror that this machine's apt uses. */
  readonly mirror?: string;
  /** Refuse newer Debian packages where the recorded ones are no longer served, instead of taking them with a notice. */
  readonly isLockStrict?: boolean;
  readonly onProgress?: (progress: ImageProgress) => void;
  /** Hears a sentence for the operator: what is waited for, what differs from what was recorded. */
  readonly onNotice?: (message: string) => void;
  readonly signal?: AbortSignal;
}

interface ImageProgress {
  readonly stage: 'images';
  /** The image that is being built. */
  readonly part: string;
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}
