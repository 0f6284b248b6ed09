/** Compiles one part from its pinned module into a parts folder. */
import { chmod, cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ClusterError } from './errors.ts';
import { collectLicences, copyLicences } from './licences.ts';
import type { GoProgram, PartPin } from './pins.ts';
import { pins } from './pins.ts';
import { runCommand } from './run-command.ts';
import { makeGoEnvironment } from './toolchain.ts';

export type CompileOptions = {
  go: string;
  cacheDir: string;
  /** The folder that the result goes to. */
  target: string;
  moduleDirectory: string;
  signal?: AbortSignal;
};

/** Compiles all programs of a part; resolves with the names of files and folders that belong to it, relative to the target. */
export async function compilePart(pin: PartPin, options: CompileOptions): Promise<string[]> {
  const env = { ...process.env, ...makeGoEnvironment(options.cacheDir) };
  // The go command may write to a module's folder, and that one belongs to the repository.
  const work = path.join(options.target, 'work', pin.name);
  await rm(work, { recursive: true, force: true });
  await cp(options.moduleDirectory, work, { recursive: true });
  const made: string[] = [];
  for (const program of pin.programs) {
    const binary = path.join('bin', program.binary);
    await runBuildStep(pin, options.go, makeBuildArguments(program, path.join(options.target, binary)), {
      cwd: work,
      env: { ...env, CGO_ENABLED: program.needsC ? '1' : '0' },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const licences = path.join('licences', program.binary);
    await rm(path.join(options.target, licences), { recursive: true, force: true });
    await collectLicences(options.go, path.join(options.target, binary), path.join(options.target, licences), env);
    await addModuleLicence(pin, options, licences);
    made.push(binary, licences);
  }
  if (pin.name === 'kube') made.push(...(await compilePause(pin, options)));
  if (pin.name === 'cilium') made.push(...(await copyCiliumSources(options)));
  await rm(path.join(options.target, 'work'), { recursive: true, force: true });
  return made;
}

/** Arguments of `go build`. Pure. */
export function makeBuildArguments(program: GoProgram, output: string): string[] {
  const linkerFlags = ['-s', '-w', program.linkerFlags].filter(Boolean).join(' ');
  const tags = program.tags === undefined ? [] : ['-tags', program.tags];
  return ['build', '-trimpath', '-ldflags', linkerFlags, ...tags, '-o', output, program.package];
}

async function runBuildStep(pin: PartPin, program: string, args: string[], options: Parameters<typeof runCommand>[2]) {
  await runCommand(program, args, options).catch((error: unknown) => {
    if (options?.signal?.aborted) throw error;
    throw new ClusterError('build-failed', {
      facts: `${pin.name} ${pin.version}: ${error instanceof Error ? error.message : String(error)}`,
      next: 'finished parts are kept: run it again when the cause is gone; modules come from GOPROXY',
      cause: error,
    });
  });
}

/** The sources of a module in the module cache, which the go command filled a moment ago. */
function locateModule(cacheDir: string, module: string, version: string): string {
  return path.join(cacheDir, 'go', 'mod', `${module}@v${version}`);
}

/** A part that is compiled by a main package of ours still carries the licence of the module that it wraps. */
async function addModuleLicence(pin: PartPin, options: CompileOptions, licences: string): Promise<void> {
  const source = locateModule(options.cacheDir, pin.module, pin.version);
  await copyLicences(source, path.join(options.target, licences, `${pin.module}@v${pin.version}`));
}

/** The pause program that holds a pod's namespaces; its C source comes with Kubernetes. */
async function compilePause(pin: PartPin, options: CompileOptions): Promise<string[]> {
  const kubernetes = locateModule(options.cacheDir, pin.module, pin.version);
  const source = path.join(kubernetes, 'build', 'pause', 'linux', 'pause.c');
  const output = path.join(options.target, 'bin', 'pause');
  const args = ['-Os', '-Wall', '-static', '-s', `-DVERSION=${pins.kubernetes}`, '-o', output, source];
  await runBuildStep(pin, 'gcc', args, options.signal === undefined ? {} : { signal: options.signal });
  const licences = path.join('licences', 'pause');
  await addModuleLicence(pin, options, licences);
  return ['bin/pause', licences];
}

/** What Cilium's agent compiles at run time, and the kinds that its operator would make. */
async function copyCiliumSources(options: CompileOptions): Promise<string[]> {
  const module = locateModule(options.cacheDir, 'github.com/cilium/cilium', pins.cilium);
  const target = path.join(options.target, 'cilium');
  await rm(target, { recursive: true, force: true });
  await cp(path.join(module, 'bpf'), path.join(target, 'bpf'), { recursive: true });
  const crds = path.join(module, 'pkg', 'k8s', 'apis', 'cilium.io', 'client', 'crds');
  for (const version of ['v2', 'v2alpha1']) {
    for (const name of await readdir(path.join(crds, version))) {
      if (!name.endsWith('.yaml')) continue;
      await cp(path.join(crds, version, name), path.join(target, 'crds', `${version}-${name}`));
    }
  }
  await makeWritable(target);
  return ['cilium'];
}

/** The module cache is read-only, folders too; what cannot be removed again must not get into the parts folder. */
async function makeWritable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) await makeWritable(file);
    else if (entry.isFile()) await chmod(file, 0o644);
  }
}
