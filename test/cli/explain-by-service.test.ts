import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandFolder } from '../support/command-folder.js';
import { allow, documentOf } from '../support/e2e/document.js';
import type { Gatehouse } from '../support/e2e/gatehouse.js';
import { startGatehouse } from '../support/e2e/gatehouse.js';

const TOKEN = 'b'.repeat(32);

const DOCUMENT = documentOf({
  clients: [
    { username: 'admin', password: 'of the realm', roles: ['admin'] },
    { username: 'jane', password: 'of jane', roles: ['jail'] },
  ],
  roles: {
    admin: [allow('publishClientSend', '$CONTROL/dynamic-security/#')],
    jail: [allow('publishClientSend', 'up/%u/#')],
  },
});

describe('gatehouse explain --url', () => {
  let folder: CommandFolder;
  let service: Gatehouse;

  beforeAll(async () => {
    folder = new CommandFolder();
    folder.write('dynamic-security.json', DOCUMENT);
    folder.write('served.json', DOCUMENT);
    service = await startGatehouse({ file: folder.at('served.json'), env: { GATEHOUSE_ADMIN_TOKEN: TOKEN } });
  });
  afterAll(async () => {
    await service.stop();
    folder.remove();
  });

  const ask = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    folder.run(['explain', ...args, '--url', service.url], env);

  it.each([
    ['an allow', ['jane', 'publish', 'up/jane/x'], 0],
    ['a denial', ['jane', 'publish', 'up/bob'], 2],
  ])('says of %s what the file says', async (_case, question, code) => {
    const byService = await ask(question, { GATEHOUSE_ADMIN_TOKEN: TOKEN });
    expect(byService).toEqual(await folder.run(['explain', ...question]));
    expect(byService.code).toBe(code);
    const asJson = await ask([...question, '--json'], { GATEHOUSE_ADMIN_TOKEN: TOKEN });
    const byFile = await folder.run(['explain', ...question, '--json']);
    expect(JSON.parse(asJson.stdout)).toEqual({
      ...JSON.parse(byFile.stdout),
      revision: expect.any(String),
    });
  });

  it('a file that is served is read with what the service has answered since', async () => {
    const command = { command: 'createClient', username: 'new', roles: [{ rolename: 'jail' }] };
    const created = await fetch(`${service.url}/v1/commands`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ commands: [command] }),
    });
    expect(await created.json()).toEqual({ responses: [{ command: 'createClient' }] });
    const args = ['explain', 'new', 'publish', 'up/new/x', '--file', 'served.json'];
    expect(await folder.run(args)).toMatchObject({ code: 0, stderr: '' });
  });

  it('asks as an administrator of the realm', async () => {
    const args = ['jane', 'publish', 'up/jane/x', '-u', 'admin', '-P', 'of the realm'];
    expect(await ask(args)).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['nobody in particular', [], {}, 'GATEHOUSE_ADMIN_TOKEN'],
    ['a wrong token', [], { GATEHOUSE_ADMIN_TOKEN: 'c'.repeat(32) }, 'the token is none of those configured'],
    ['a wrong password', ['-u', 'admin', '-P', 'x'], {}, 'the user name or the password is wrong'],
    ['who is no administrator', ['-u', 'jane', '-P', 'of jane'], {}, 'may not publish to'],
    ['a token that is none', [], { GATEHOUSE_ADMIN_TOKEN: 'short' }, 'GATEHOUSE_ADMIN_TOKEN'],
  ] as const)('ends with 1 for %s', async (_case, flags, env, problem) => {
    const { code, stdout, stderr } = await ask(['jane', 'publish', 'a', ...flags], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('c'.repeat(32));
  });

  it('ends with 1 where nobody answers', async () => {
    const { code, stderr } = await folder.run([
      'explain',
      'a',
      'publish',
      'b',
      '--url',
      'http://127.0.0.1:9',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('`http://127.0.0.1:9` does not answer: connection refused');
  });

  it.each(['{"allowed":true}', '{}', 'hello', ''])('ends with 1 where %j is the answer', async (body) => {
    const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { code, stdout, stderr } = await folder.run(['explain', 'a', 'publish', 'b', '--url', url]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('answers with something that is no');
    } finally {
      server.close();
    }
  });
});
