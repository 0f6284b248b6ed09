/** What a build or a start tells of how far it is; one union for the console, the page and the tests. */
export type ClusterProgress = {
  stage: 'preflight' | 'toolchain' | 'build' | 'start' | 'probe';
  /** The part or step that is being worked on, or what is being waited for. */
  part: string;
  /** From 1 to `count`. */
  index: number;
  count: number;
  remainingSeconds?: number;
};

export type OnProgress = (progress: ClusterProgress) => void;
