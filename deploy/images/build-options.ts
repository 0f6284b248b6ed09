/** What the steps of a build are told, and what they tell. */
export interface BuildOptions {
  readonly cacheDir: string;
  /** Programs compiled by deploy/cluster. */
  readonly partsDirectory: string;
  /** Where Debian packages come from, if not from Debian's own network of mirrors. */
  readonly mirror?: string;
  /** Refuse newer Debian packages where the recorded ones are no longer served, instead of taking them with a notice. */
  readonly isLockStrict?: boolean;
  readonly onProgress?: (progress: ImageProgress) => void;
  readonly signal?: AbortSignal;
}

export type ImageProgress =
  | { readonly stage: 'images'; readonly part: string; readonly index: number; readonly count: number }
  | { readonly stage: 'notice'; readonly message: string };
