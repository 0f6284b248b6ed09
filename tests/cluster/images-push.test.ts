/** Images are pushed into a real registry on loopback, and come back from it as they went. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { missingPackages } from '../../deploy/launch/debian-packages.ts';
import { pushImages } from '../../deploy/images/load.ts';
import { writeArchive, writeLayer } from '../../deploy/images/oci-archive.ts';

const run = promisify(execFile);
const missing = await missingPackages(['docker-registry', 'skopeo']);
const skip = missing.length > 0 && `Debian packages are missing: apt-get install ${missing.join(' ')}`;

describe('pushing images', { skip }, () => {
  let folder = '';
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-push-'));
    registry = await startRegistry(folder);
  });
  after(async () => {
    await registry.stop();
    await rm(folder, { recursive: true });
  });

  it('gives each name its own place in the registry, with the digest that it has here', async () => {
    const tree = join(folder, 'tree');
    await mkdir(tree);
    await writeFile(join(tree, 'motd'), 'hello\n');
    const layer = await writeLayer(tree, join(folder, 'layer'), []);
    const refs = ['podium.dev/x:1', 'docker.io/library/x:latest'];
    const archive = join(folder, 'image.tar');
    const configs = refs.map((ref) => ({ ref, config: { Env: [], Cmd: ['sh'] } }));
    const manifests = await writeArchive(archive, join(folder, 'work'), { layers: [layer], configs });
    const options = { registry: registry.address, isPlainHttp: false };
    const pushed = await pushImages([{ archive, refs }], options, () => undefined);
    assert.deepEqual(pushed, [`${registry.address}/x:1`, `${registry.address}/library/x:latest`]);
    for (const [index, ref] of pushed.entries()) {
      const inspect = ['--insecure-policy', 'inspect', '--tls-verify=false', '--format={{.Digest}}', `docker://${ref}`];
      assert.equal((await run('skopeo', inspect)).stdout.trim(), manifests[index]?.digest);
    }
  });

  it('says what the registry answered when it cannot be reached', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const image = { archive: join(folder, 'image.tar'), refs: ['podium.dev/x:1'] };
    await assert.rejects(
      pushImages([image], { registry: address, isPlainHttp: true }, () => undefined),
      { code: 'IMAGES_STEP_FAILED', message: /pushing .*connection refused/s },
    );
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function startRegistry(folder: string) {
  const address = `127.0.0.1:${await freePort()}`;
  const config = `version: 0.1\nstorage: {filesystem: {rootdirectory: ${folder}/registry}}\nhttp: {addr: "${address}"}\n`;
  await writeFile(join(folder, 'registry.yaml'), config);
  const child = spawn('docker-registry', ['serve', join(folder, 'registry.yaml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface({ input: child.stderr })) if (line.includes('listening on')) break;
  child.stderr.resume();
  return {
    address,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
