import path from 'node:path';
export async function buildParts(_o: unknown) { return { directory: '/tmp/cl/parts', binaries: path.join('/tmp/cl/parts', 'bin') }; }
