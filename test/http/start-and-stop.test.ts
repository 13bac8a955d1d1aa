import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { documentOf } from '../support/e2e/document.js';

const SCRIPT = resolve(__dirname, '../support/http/start-and-stop.mjs');
const DIST = resolve(__dirname, '../../dist');

describe('a service that is stopped soon after its start', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gatehouse-start-'));
    await writeFile(join(dir, 'dynamic-security.json'), documentOf({ clients: [], roles: {} }));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  // In a process of its own: what goes wrong here ends the whole process.
  it('ends, and not the process with it, however soon that is', async () => {
    const child = spawn(process.execPath, [SCRIPT, DIST, dir], { stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      const ended = new Promise((done) => child.once('close', (code, signal) => done(code ?? signal)));
      const said = await text(child.stderr);
      expect({ ended: await ended, said }).toEqual({ ended: 0, said: '' });
    } finally {
      child.kill('SIGKILL');
    }
  });
});
