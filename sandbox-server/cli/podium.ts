#!/usr/bin/env node
/** `podium COMMAND …`: for authors and operators. Each command is a function that returns the exit status. */
import { homedir } from 'node:os';
import { runImagesCommand } from '../../deploy/images/images-command.ts';
import { runAsProgram } from '../../deploy/images/run-as-program.ts';
import { cacheDirectory } from '../../deploy/launch/directories.ts';
import { loadDeckCommand } from './deck/load-deck-command.ts';
import type { Surroundings } from '../config-options.ts';
import { runInstallCommand } from './install-command.ts';
import { runLabCommand } from './lab/lab-command.ts';
import { runStatusCommand } from './status-command.ts';
import { runStoreCommand } from './store/store-command.ts';

type Command = (args: readonly string[], signal: AbortSignal) => Promise<number>;

const say = (line: string) => console.log(line);

const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly run: Command }>> = {
  deck: {
    summary: 'a deck as a PDF, or as one file that needs no server',
    run: (args, signal) => loadDeckCommand(args, { say, environment: process.env }, signal),
  },
  images: {
    summary: 'build the images of labs, load them into a cluster, push them to a registry',
    run: (args, signal) => runImagesCommand(args, { cacheDir: cacheDirectory(process.env), say, signal }),
  },
  install: {
    summary: 'put what Podium needs into a cluster of yours, or print it',
    run: (args, signal) => runInstallCommand(args, { say, home: homedir(), environment: process.env }, signal),
  },
  lab: {
    summary: 'write a lab, look it over, try it on a real cluster',
    run: (args, signal) => runLabCommand(args, { say, environment: process.env }, signal),
  },
  status: {
    summary: 'whether a running server can give sandboxes, and how it keeps learners apart',
    run: (args, signal) => runStatusCommand(args, { say }, signal),
  },
  store: {
    summary: 'what the server keeps: back it up, bring it back, move it to another database',
    run: (args, signal) =>
      runStoreCommand(args, { say, environment: process.env, surroundings: readSurroundings() }, signal),
  },
};

function readSurroundings(): Surroundings {
  return { isRoot: process.getuid?.() === 0, home: homedir(), workingDirectory: process.cwd() };
}

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const summaries = Object.entries(COMMANDS).map(([each, { summary }]) => `  ${each}  ${summary}`);
    const complaint = name === '' || name === '--help' ? '' : `“${name}” is not a command.\n`;
    console.error(`${complaint}Usage: podium COMMAND\n${summaries.join('\n')}`);
    return name === '--help' ? 0 : 2;
  }
  return runAsProgram((signal) => command.run(args, signal));
}

process.exitCode = await main(process.argv.slice(2));
