/** Where the build reads what authors write: a folder outside the repository when an operator names one. */
import { resolve } from 'node:path';

export const contentFolder = resolve(process.env['PODIUM_CONTENT'] ?? 'content');
