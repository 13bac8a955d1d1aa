import { clientIdPatternProblem, isClientIdAllowed } from '../../../src/dynsec/clientid-binding.js';
import type { Client } from '../../../src/dynsec/entities.js';

function client(binding: Partial<Client>): Client {
  return { username: 'fleet1', disabled: false, superuser: false, roles: [], groups: [], ...binding };
}

describe('client id binding', () => {
  it('lets a client without a binding use any, known or not', () => {
    expect(isClientIdAllowed(client({}), 'anything')).toBe(true);
    expect(isClientIdAllowed(client({}), null)).toBe(true);
    expect(isClientIdAllowed(client({}), 'any\0thing')).toBe(false);
  });

  it('holds a client to its one client id', () => {
    expect(isClientIdAllowed(client({ clientid: 'c' }), 'c')).toBe(true);
    for (const other of ['C', 'c ', '', null])
      expect(isClientIdAllowed(client({ clientid: 'c' }), other)).toBe(false);
  });

  it.each([
    ['%u', 'fleet1', true],
    ['%u', 'fleet', false],
    ['a', 'a', true],
    ['%{username}-*', 'fleet1-7', true],
    ['%{username}-*', 'fleet1-eu-7', false],
    ['%{username}-*', 'fleet1-', false],
    ['%{username}-*', 'fleet10-7', false],
    ['%{username}-*', 'fleet1-a/b', false],
    ['%{username}-*', 'fleet1-+', false],
    ['%u*', 'fleet12', true],
    ['%u*', 'fleet11', false],
    ['*', 'anything', true],
    ['*', 'any/thing', false],
    ['*', '', false],
    ['%{site}-*', 'north-1', true],
    ['%{missing}-*', '-1', false],
    ['x%u', 'xfleet1', false],
    ['x%u', 'x%u', true],
  ])('compares the pattern `%s` with `%s`: %s', (pattern, clientid, allowed) => {
    const bound = client({ clientids: ['never', pattern], attributes: new Map([['site', 'north']]) });
    expect(isClientIdAllowed(bound, clientid)).toBe(allowed);
  });

  it('takes no star from a value', () => {
    expect(isClientIdAllowed(client({ username: 'a*', clientids: ['%u'] }), 'abc')).toBe(false);
    expect(isClientIdAllowed(client({ username: 'a*', clientids: ['%u'] }), 'a*')).toBe(true);
  });

  it('fits nothing where a value is unsafe', () => {
    for (const username of ['a/b', '+', '#', 'a\0']) {
      expect(isClientIdAllowed(client({ username, clientids: ['%u'] }), username)).toBe(false);
    }
  });

  it('says what is wrong with a pattern', () => {
    expect(clientIdPatternProblem('%{username}-*')).toBeUndefined();
    expect(clientIdPatternProblem('')).toContain('empty');
    expect(clientIdPatternProblem('*a')).toContain('last character');
    expect(clientIdPatternProblem('%{username}%{site}')).toContain('more than one variable');
    expect(clientIdPatternProblem('%{clientid}')).toContain('client id');
    expect(clientIdPatternProblem('%{group}')).toContain('group');
  });
});
