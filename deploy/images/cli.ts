/** `npm run images -- build | list | lock | load … | push …`: the same as `podium images …`. */
import { cacheDirectory } from '../launch/directories.ts';
import { runImagesCommand } from './images-command.ts';
import { runAsProgram } from './run-as-program.ts';

const cacheDir = cacheDirectory(process.env);
const say = (line: string) => console.log(line);

process.exitCode = await runAsProgram((signal) => runImagesCommand(process.argv.slice(2), { cacheDir, say, signal }));
