import {
  describeRedisAddress,
  parseRedisAddress,
  RedisAddressError,
} from '../../../../src/store/redis/redis-address.js';

const SINGLE = { kind: 'single', hasTls: false, login: {}, db: 0 };
const CLUSTER = { ...SINGLE, kind: 'cluster' };
const SENTINEL = { ...SINGLE, kind: 'sentinel' };

const at = (host: string, port: number): object => ({ host, port });

describe('the address of a Redis', () => {
  it.each([
    ['redis://localhost', { ...SINGLE, hosts: [at('localhost', 6379)] }],
    ['REDIS://localhost:6380', { ...SINGLE, hosts: [at('localhost', 6380)] }],
    ['redis://redis_1.example-net:1/', { ...SINGLE, hosts: [at('redis_1.example-net', 1)] }],
    ['redis://10.0.0.1:65535/15', { ...SINGLE, hosts: [at('10.0.0.1', 65535)], db: 15 }],
    ['redis://[::1]:7000', { ...SINGLE, hosts: [at('::1', 7000)] }],
    ['redis://[2001:db8::7]', { ...SINGLE, hosts: [at('2001:db8::7', 6379)] }],
    ['rediss://h', { ...SINGLE, hasTls: true, hosts: [at('h', 6379)] }],
    ['redis://:secret@h', { ...SINGLE, hosts: [at('h', 6379)], login: { password: 'secret' } }],
    [
      'redis://u:p@h/3',
      { ...SINGLE, hosts: [at('h', 6379)], login: { username: 'u', password: 'p' }, db: 3 },
    ],
    ['redis://u:a:b@h', { ...SINGLE, hosts: [at('h', 6379)], login: { username: 'u', password: 'a:b' } }],
    [
      'redis://u%3A:%40%2F%3F%23%25%C3%BC%20%2B+@h',
      { ...SINGLE, hosts: [at('h', 6379)], login: { username: 'u:', password: '@/?#%ü ++' } },
    ],
    ['redis+cluster://a', { ...CLUSTER, hosts: [at('a', 6379)] }],
    [
      'rediss+cluster://u:p@a:1,[::1]:2,c',
      {
        ...CLUSTER,
        hasTls: true,
        hosts: [at('a', 1), at('::1', 2), at('c', 6379)],
        login: { username: 'u', password: 'p' },
      },
    ],
    [
      'redis+sentinel://a,b:5/mymaster',
      {
        ...SENTINEL,
        hosts: [at('a', 26379), at('b', 5)],
        sentinel: { name: 'mymaster', hasTls: false, login: {} },
      },
    ],
    [
      'rediss+sentinel://:p@a/my%2Fmaster/2?sentinelUsername=s&sentinelPassword=%26%3D%40&sentinelTls=false',
      {
        ...SENTINEL,
        hasTls: true,
        hosts: [at('a', 26379)],
        login: { password: 'p' },
        db: 2,
        sentinel: { name: 'my/master', hasTls: false, login: { username: 's', password: '&=@' } },
      },
    ],
    [
      'rediss+sentinel://a/m?sentinelPassword=q',
      {
        ...SENTINEL,
        hasTls: true,
        hosts: [at('a', 26379)],
        sentinel: { name: 'm', hasTls: true, login: { password: 'q' } },
      },
    ],
  ])('is read: %s', (url, expected) => {
    expect(parseRedisAddress(url)).toEqual(expected);
  });

  it.each([
    ['', 'it is `redis://'],
    ['SECRET', 'it is `redis://'],
    ['http://u:SECRET@h', 'it is `redis://'],
    ['redis:u:SECRET@h', 'it is `redis://'],
    ['redis://', 'it is `redis://'],
    ['redis://u:SECRET@', 'it is `redis://'],
    ['redis://u:SE/CRET@h', 'it is `redis://'],
    ['redis://u:SE?CRET@h', 'it is `redis://'],
    ['redis://u:SE#CRET@h', 'it is `redis://'],
    ['redis://u:SE@CRET@h', 'it is `redis://'],
    ['redis+replica://u:SECRET@h', 'it is `redis://'],
    ['redis://u:%SECRET@h', 'the password is not percent-encoded UTF-8'],
    ['redis://%ff:SECRET@h', 'the user is not percent-encoded UTF-8'],
    ['redis://SECRET@h', 'there is a user without a password'],
    ['redis://@h', 'there is a user without a password'],
    ['redis://u:SECRET@a,b', 'several hosts need `redis+sentinel://` or `redis+cluster://`'],
    ['redis://u:SECRET:x', 'host 1 is neither a name nor an IP address, IPv6 in brackets'],
    ['redis://::1', 'host 1 is neither a name nor an IP address, IPv6 in brackets'],
    ['redis://[SECRET]', 'host 1 is neither a name nor an IP address, IPv6 in brackets'],
    ['redis://h:SECRET', 'host 1 is neither a name nor an IP address, IPv6 in brackets'],
    ['redis+cluster://a,,c', 'host 2 is neither a name nor an IP address, IPv6 in brackets'],
    ['redis+cluster://a,b:0', 'the port of host 2 is not from 1 to 65535'],
    ['redis://h:65536', 'the port of host 1 is not from 1 to 65535'],
    ['redis://h/SECRET', 'what follows the hosts is not the number of a database'],
    ['redis://h/1/2', 'what follows the hosts is not the number of a database'],
    ['redis://h/65536', 'what follows the hosts is not the number of a database'],
    ['redis://h?password=SECRET', 'there is nothing to be said after a `?` but of sentinels'],
    ['redis+cluster://h/1', 'a cluster has no databases to choose from'],
    ['redis+sentinel://h', 'the name of the master is missing: `redis+sentinel://host,host/name`'],
    ['redis+sentinel://h//1', 'the name of the master is missing: `redis+sentinel://host,host/name`'],
    ['redis+sentinel://h/m/1/2', 'after the name of the master comes a database, and no more'],
    [
      'redis+sentinel://h/m?sentinelSECRET=1',
      'what may be said of sentinels is sentinelUsername, sentinelPassword, sentinelTls, each once',
    ],
    [
      'redis+sentinel://h/m?sentinelTls=true&sentinelTls=true',
      'what may be said of sentinels is sentinelUsername, sentinelPassword, sentinelTls, each once',
    ],
    ['redis+sentinel://h/m?sentinelTls=SECRET', 'sentinelTls is neither true nor false'],
    ['redis+sentinel://h/m?sentinelUsername=SECRET', 'there is a user without a password'],
    ['redis+sentinel://h/m?sentinelPassword=%SECRET', 'sentinelPassword is not percent-encoded UTF-8'],
  ])('is refused, with nothing of it shown: %s', (url, detail) => {
    const refusal = thrownBy(() => parseRedisAddress(url));
    expect(refusal).toBeInstanceOf(RedisAddressError);
    expect(refusal).toMatchObject({ detail: expect.stringContaining(detail) });
    expect((refusal as Error).message).not.toMatch(/SE|CRET/);
  });

  it.each([
    ['redis://u:p@h', 'redis://h:6379'],
    ['rediss://:p@[::1]:7/2', 'rediss://[::1]:7/2'],
    ['redis+cluster://u:p@a,b:7', 'redis+cluster://a:6379,b:7'],
    ['rediss+sentinel://u:p@a,b/m%2F/3?sentinelPassword=q', 'rediss+sentinel://a:26379,b:26379/m%2F/3'],
  ])('is described without passwords: %s', (url, described) => {
    expect(describeRedisAddress(parseRedisAddress(url))).toBe(described);
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
