/**
 * The test plugin itself: it asks and understands as mosquitto-go-auth does, which every other test here takes
 * for granted.
 */
import { startAskingBroker, type AskingBroker } from '../support/e2e/broker.js';
import { NOT_AUTHORIZED, type Answer, type Device } from '../support/e2e/mqtt-clients.js';
import { startRecorder, type Recorder, type Reply } from '../support/e2e/recorder.js';

const LOGIN = { username: 'a<b>&"c"', password: 'p\\w\t\u2028ö +%', clientId: 'c1' };

let recorder: Recorder;
let broker: AskingBroker;

async function start(options: Readonly<Record<string, string>>): Promise<void> {
  recorder = await startRecorder();
  broker = await startAskingBroker({ checkPort: recorder.port, options });
}

async function stop(): Promise<void> {
  await broker.stop();
  await recorder.close();
}

describe('what the plugin sends', () => {
  afterEach(stop);
  const enter = (): Promise<Device> => broker.clients.connect(LOGIN);

  it('is JSON with sorted keys and escapes of its own, on one connection', async () => {
    await start({ http_host: 'user:secret@127.0.0.1', http_aclcheck_uri: '/auth/acl?broker=b1' });
    await (await enter()).publish('t/<1>', 'x');
    const name = 'a\\u003cb\\u003e\\u0026\\"c\\"';
    expect(recorder.requests.map(({ request, body }) => [request, body])).toEqual([
      ['POST /auth/user', `{"clientid":"c1","password":"p\\\\w\\t\\u2028ö +%","username":"${name}"}`],
      [
        'POST /auth/acl?broker=b1',
        `{"acc":2,"clientid":"c1","topic":"t/\\u003c1\\u003e","username":"${name}"}`,
      ],
    ]);
    const [first, second] = recorder.requests;
    expect(second?.callerPort).toBe(first?.callerPort);
    expect(first?.headers).toEqual({
      host: `127.0.0.1:${String(recorder.port)}`,
      authorization: `Basic ${Buffer.from('user:secret').toString('base64')}`,
      'user-agent': expect.stringMatching(/^mosquitto-2\.\d+\.\d+$/) as string,
      'accept-encoding': 'gzip',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(first?.body ?? '')),
    });
  });

  it('is a form with sorted and escaped fields, by POST whatever the method', async () => {
    await start({ http_params_mode: 'form', http_method: 'PUT' });
    await enter();
    const body = 'clientid=c1&password=p%5Cw%09%E2%80%A8%C3%B6+%2B%25&username=a%3Cb%3E%26%22c%22';
    expect(recorder.requests).toMatchObject([{ request: 'POST /auth/user', body }]);
    expect(recorder.requests[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('is nothing for an UNSUBSCRIBE, which the broker grants by itself', async () => {
    await start({});
    const client = await enter();
    recorder.reply([403, '']);
    expect(await client.unsubscribe('t')).toBe(0);
    expect(recorder.requests).toHaveLength(1);
  });

  it('is an ACL check also where the superuser check failed', async () => {
    await start({ http_superuser_uri: '/auth/superuser' });
    const client = await enter();
    recorder.reply([503, '']);
    expect(await client.publish('t', 'x')).toBe('disconnected');
    const uris = recorder.requests.map(({ request }) => request);
    expect(uris).toEqual(['POST /auth/user', 'POST /auth/superuser', 'POST /auth/acl']);
  });
});

const ANSWERS: Readonly<Record<string, readonly (readonly [reply: Reply, answer: Answer])[]>> = {
  status: [
    [[200, 'whatever'], 0],
    [[204, ''], 0],
    [[400, 'ok'], NOT_AUTHORIZED],
    [[429, 'ok'], NOT_AUTHORIZED],
    [[500, 'ok'], 'disconnected'],
    [[503, 'ok'], 'disconnected'],
    ['silence', 'disconnected'],
  ],
  text: [
    [[200, 'ok'], 0],
    [[200, 'ok\n'], NOT_AUTHORIZED],
    [[403, 'ok'], NOT_AUTHORIZED],
  ],
  json: [
    [[200, '{"ok":true,"error":""}'], 0],
    [[200, '{"ok":false,"error":"no"}'], NOT_AUTHORIZED],
    [[200, '{"error":"\\"ok\\":true"}'], NOT_AUTHORIZED],
    [[200, '{"ok":true'], 'disconnected'],
    [[200, '{"ok":"true"}'], 'disconnected'],
    [[200, ''], 'disconnected'],
    [[403, '{"ok":true,"error":""}'], NOT_AUTHORIZED],
  ],
};

describe.each(Object.entries(ANSWERS))('in %s mode the plugin', (http_response_mode, answers) => {
  beforeAll(() => start({ http_response_mode, http_timeout: '1' }));
  afterAll(stop);

  it.each(answers)('turns %j into %j', async (reply, answer) => {
    recorder.reply(reply);
    const outcome = await broker.clients.tryConnect(LOGIN);
    expect(typeof outcome === 'object' ? 0 : outcome).toBe(answer);
    const logged = answer === 0 ? 'allow' : answer === NOT_AUTHORIZED ? 'deny' : 'error';
    expect((await broker.calls()).at(-1)).toMatchObject({ outcome: logged, uri: '/auth/user' });
  });
});
