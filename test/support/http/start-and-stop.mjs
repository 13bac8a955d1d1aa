/*
 * Starts the built service and stops it again and again, after pauses about as long as its threads need to load.
 * Its arguments: the folder of the built service, and a folder for the file.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';

const [dist, dir] = process.argv.slice(2);
const { startService } = await import(pathToFileURL(join(dist, 'service.js')).href);

const config = {
  listen: { host: '127.0.0.1', port: 0 },
  dynsecFile: join(dir, 'dynamic-security.json'),
  adminTokens: [],
  checkTokens: [],
  brokers: [],
  hosts: [],
  allowAnonymous: false,
  sharedSubscriptions: 'dynsec',
  passwordHash: { form: 'pbkdf2-sha512', cost: 1_000 },
  hashThreads: 1,
  hashDeadlineMs: 15_000,
  hashBudget: 1_200,
  hashBudgetUsername: 10,
  credentialTtlMs: 60_000,
  credentialsHeld: 100,
  credentialKeys: [],
  rehash: false,
  decisionCache: 0,
  shedLoginsLagMs: 60_000,
  shedChecksLagMs: 60_000,
  stormLogins: 1_000_000,
  logLevel: 'silent',
};
const surroundings = {
  version: '0.0.0-test',
  log: pino({ level: 'silent' }),
  hashWorkerFile: join(dist, 'credentials', 'hash-worker.js'),
  templatesFolder: join(dist, '..', 'templates'),
  isTerminal: true,
};

for (let round = 0; round < 40; round += 1) {
  const pauseMs = 30 + ((round * 7) % 40);
  const service = await startService(config, surroundings);
  await sleep(pauseMs);
  await service.close();
}
