import { upCluster, downCluster, clusterStatus } from './cluster.ts';
const [command, name = 'dev'] = process.argv.slice(2);
const t0 = Date.now();
if (command === 'up') console.log(await upCluster({ name, cacheDir: '/root/.cache/podium', imageArchives: (process.env['ARCH'] ?? '').split(',').filter(Boolean), onProgress: (p) => console.log(((Date.now()-t0)/1000).toFixed(1), p.stage, p.part) }));
if (command === 'down') await downCluster({ name });
if (command === 'status') console.log(await clusterStatus({ name }));
console.log(((Date.now()-t0)/1000).toFixed(1));
