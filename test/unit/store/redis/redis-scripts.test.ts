import { openConnections } from '../../../../src/store/redis/connections.js';
import { parseRedisAddress } from '../../../../src/store/redis/redis-address.js';
import { defineScripts, loadRedisScripts } from '../../../../src/store/redis/redis-scripts.js';
import { eventually } from '../../../support/e2e/eventually.js';
import type { RedisServer } from '../../../support/redis.js';
import { startRedis } from '../../../support/redis.js';
import { SCRIPTS_FOLDER } from '../../../support/store/redis-store.js';

describe('scripts on a connection', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  async function connect(isDefined: boolean) {
    const connections = openConnections(parseRedisAddress(redis.url), {
      instanceId: 'test',
      listener: { connected: () => undefined, lost: () => undefined },
    });
    const scripts = await loadRedisScripts(SCRIPTS_FOLDER);
    if (isDefined) defineScripts(scripts, connections.read);
    await eventually(
      () => connections.read.status,
      (status) => status === 'ready',
    );
    return { connections, scripts };
  }

  it('leave the answers to what is asked in the same turn with who has asked, the first time too', async () => {
    const { connections, scripts } = await connect(true);
    const { read } = connections;
    try {
      await read.mset('a', '1', 'b', '2');
      const [a, head, b] = await Promise.all([
        read.get('a'),
        scripts.head.run(read, ['meta', 'instances'], []),
        read.get('b'),
      ]);
      expect([a, b]).toEqual(['1', '2']);
      expect(head).toEqual(['', expect.stringMatching(/^\d+$/), []]);
    } finally {
      await connections.close();
    }
  });

  it('are not run where they have not been defined', async () => {
    const { connections, scripts } = await connect(false);
    try {
      expect(() => scripts.head.run(connections.read, ['meta', 'instances'], [])).toThrow(
        new TypeError('the connection does not know `gatehouseHead`'),
      );
    } finally {
      await connections.close();
    }
  });
});
