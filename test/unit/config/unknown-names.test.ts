import { load, problemsOf } from './configuration.js';

describe('a name that looks like ours', () => {
  it.each([
    ['GATEHOUSE_LISTEN_ADDRESS', 'GATEHOUSE_LISTEN'],
    ['GATEHOUSE_DYNSEC', 'GATEHOUSE_DYNSEC_FILE'],
    ['GATEHOUSE_ADMIN_TOKENS', 'GATEHOUSE_ADMIN_TOKEN'],
    ['GATEHOUSE_CHECK_TOKEN_FILES', 'GATEHOUSE_CHECK_TOKEN_FILE'],
    ['GATEHOUSE_BROKER', 'GATEHOUSE_BROKERS'],
    ['GATEHOUSE_TLS_CERT_FILE', 'GATEHOUSE_TLS_CERT'],
    ['GATEHOUSE_listen', 'GATEHOUSE_LISTEN'],
    ['GATEHOUSE_LISTEN ', 'GATEHOUSE_LISTEN'],
    ['GATEHOUSE_TLS', 'GATEHOUSE_TLS_KEY'],
    ['GATEHOUSE_LSITEN', 'GATEHOUSE_LISTEN'],
  ])('is refused, and the nearest one offered: %s', (name, nearest) => {
    expect(problemsOf({ [name]: 'a-secret-perhaps' })).toEqual([
      `${name}: there is no such setting; the nearest is ${nearest}`,
    ]);
  });

  it('cannot forge a line of the message', () => {
    expect(problemsOf({ 'GATEHOUSE_LISTEN\nx': '' })).toEqual([
      'GATEHOUSE_LISTEN\\u{a}x: there is no such setting; the nearest is GATEHOUSE_LISTEN',
    ]);
  });

  it.each([
    'GATEHOUSE_SERVICE_HOST',
    'GATEHOUSE_SERVICE_PORT',
    'GATEHOUSE_SERVICE_PORT_HTTP',
    'GATEHOUSE_PORT',
    'GATEHOUSE_PORT_8790_TCP',
    'GATEHOUSE_PORT_8790_TCP_ADDR',
  ])('is left alone where Kubernetes sets it: %s', (name) => {
    expect(load({ [name]: 'tcp://10.0.0.1:8790' })).toEqual(load());
  });

  it.each(['PATH', 'gatehouse_listen', 'MY_GATEHOUSE_X', 'GATEHOUSE'])('is not %s', (name) => {
    expect(load({ [name]: 'x' })).toEqual(load());
  });

  it('is not refused where it is not set', () => {
    expect(load({ GATEHOUSE_LISTNE: undefined }, { lisetn: undefined })).toEqual(load());
  });

  it('is refused among the flags too', () => {
    expect(problemsOf({}, { dynsecFlie: 'x', toString: 'y' })).toEqual([
      '--dynsec-flie: there is no such setting; the nearest is --dynsec-file',
      expect.stringMatching(/^--to-string: there is no such setting/),
    ]);
  });
});
