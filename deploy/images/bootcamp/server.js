// Answers every request with its host's name, so that one sees which pod has answered.
const http = require('http');
const os = require('os');

const version = process.env.VERSION;
const started = new Date();
let requests = 0;

const server = http.createServer((request, response) => {
  requests += 1;
  console.log(
    `Running On: ${os.hostname()} | Total Requests: ${requests} | App Uptime: ${(new Date() - started) / 1000} seconds | Log Time: ${new Date()}`,
  );
  response.setHeader('Content-Type', 'text/plain');
  response.end(`Hello Kubernetes bootcamp! | Running on: ${os.hostname()} | v=${version}\n`);
});

server.listen(8080, () => {
  console.log(`Kubernetes Bootcamp App Started At: ${started.toISOString()} | Running On: ${os.hostname()}`);
});

// The first process of a container gets no default action for signals.
process.on('SIGTERM', () => server.close(() => process.exit(0)));
