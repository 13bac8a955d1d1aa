import { isHostName, isLoopback, parseListenAddress } from '../../../src/config/listen-address.js';

describe('a listen address', () => {
  it.each([
    ['127.0.0.1:8790', { host: '127.0.0.1', port: 8790 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['0.0.0.0:65535', { host: '0.0.0.0', port: 65535 }],
    ['[::1]:8790', { host: '::1', port: 8790 }],
    ['[::]:80', { host: '::', port: 80 }],
    ['[::ffff:127.0.0.1]:80', { host: '::ffff:127.0.0.1', port: 80 }],
    ['[fe80::1%eth0]:80', { host: 'fe80::1%eth0', port: 80 }],
    ['localhost:8790', { host: 'localhost', port: 8790 }],
    ['gate-1.example.com:8790', { host: 'gate-1.example.com', port: 8790 }],
  ])('is read from `%s`', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  it.each([
    ...[
      '',
      ':',
      '8790',
      ':8790',
      '127.0.0.1',
      '127.0.0.1:',
      '127.0.0.1:65536',
      '127.0.0.1:-1',
      '127.0.0.1:+1',
    ],
    ...['127.0.0.1:080000', '127.0.0.1:8790 ', ' 127.0.0.1:8790', '127.0.0.1:8790\n', '127.0.0.1:0x50'],
    ...['::1:8790', '::1', '[::1]', '[::1]8790', '[127.0.0.1]:80', '[localhost]:80', '[]:80', '[::1:80'],
    ...['256.0.0.1:80', '127.1:80', '127.0.0.1.5:80', '1:80', '*:80', 'a..b:80', '.a:80', 'a.:80', '-a:80'],
    ...['a-:80', 'http://a:80', 'a b:80', `${'a'.repeat(64)}:80`, `${'a.'.repeat(127)}a:80`, 'ä:80'],
  ])('is not read from `%s`', (text) => {
    expect(parseListenAddress(text)).toBeUndefined();
  });
});

describe('loopback', () => {
  it.each([
    '127.0.0.1',
    '127.255.0.3',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    'LocalHost',
  ])('is `%s`', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    ...[
      '0.0.0.0',
      '::',
      '128.0.0.1',
      '126.255.255.255',
      '10.0.0.1',
      '::2',
      '::ffff:10.0.0.1',
      'fe80::1%eth0',
    ],
    ...['localhost.example.com', 'gatehouse', ''],
  ])('is not `%s`', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('a host name', () => {
  it.each(['a', 'gate_house', 'xn--bcher-kva.example', '1.a', 'a'.repeat(63)])('is `%s`', (name) => {
    expect(isHostName(name)).toBe(true);
  });

  it.each(['', '1', '1.2', '127.0.0.1', '::1', 'a:80', 'a/b', 'a,b', '%41'])('is not `%s`', (name) => {
    expect(isHostName(name)).toBe(false);
  });
});
