/**
 * The health check of the container image: asks the service in it. Ends with 0 where it answers 200.
 * Usage: node healthcheck.mjs [live|ready]
 */
import http from 'node:http';
import https from 'node:https';

const TIMEOUT_MS = 4_000;

/** Where the service listens, seen from inside. */
function address({ GATEHOUSE_LISTEN = '127.0.0.1:8790' }) {
  const [, host = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(GATEHOUSE_LISTEN) ?? [];
  return { host: { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host, port };
}

const path = `/health/${process.argv[2] ?? 'live'}`;
// It is asked whether it lives, not who it is.
const options = { ...address(process.env), path, timeout: TIMEOUT_MS, rejectUnauthorized: false };
const request = (process.env.GATEHOUSE_TLS_CERT ? https : http).get(options, (response) => {
  response.resume();
  process.exitCode = response.statusCode === 200 ? 0 : 1;
});
request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
request.on('error', ({ message }) => {
  console.error(message);
  process.exitCode = 1;
});
