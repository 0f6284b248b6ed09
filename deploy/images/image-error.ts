/** What can go wrong with images, as a stable code and a message that says what happened and what to do next. */
export type ImageErrorCode =
  | 'IMAGES_ARCHIVE_UNREACHABLE'
  | 'IMAGES_BINARY_MISSING'
  | 'IMAGES_CHECKSUM'
  | 'IMAGES_DOCKERFILE'
  | 'IMAGES_LOCK_OUTDATED'
  | 'IMAGES_NEED_PACKAGES'
  | 'IMAGES_NEED_ROOT'
  | 'IMAGES_STEP_FAILED'
  | 'IMAGES_TARGET';

export class ImageError extends Error {
  readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImageError';
    this.code = code;
  }
}
