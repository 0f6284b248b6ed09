/** What a room is compared with: the least that passes a request on to all sockets, in a process of its own. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const server = createServer((request, reply) => {
  request.on('data', (body: Buffer) => {
    for (const socket of sockets.clients) socket.send(body.toString());
    reply.writeHead(204).end();
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(address !== null && typeof address === 'object' ? address.port : 0);
});
