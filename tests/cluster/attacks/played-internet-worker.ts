/** Runs in the namespace of the played internet: a web server with a mark, and a name server that says what it is asked. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';

const web = createServer((_request, response) => response.end('mark-0123456789abcdef\n')).listen(80);
const names = createSocket('udp4', (message) => {
  // A name's parts stand as they are in a question.
  process.stdout.write(`${message.toString('latin1').replace(/[^a-z0-9-]/g, '.')}\n`);
});
names.bind(53);
await Promise.all([once(web, 'listening'), once(names, 'listening')]);
process.stdout.write('ready\n');
// Whoever plays it may be killed: its namespace, and the link into it, must not stay.
process.stdin.resume().once('end', () => process.exit());
