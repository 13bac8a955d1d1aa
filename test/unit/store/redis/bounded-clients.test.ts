import type { Client } from '../../../../src/dynsec/entities.js';
import { ClientNotHeldError } from '../../../../src/gate/errors.js';
import { BoundedClients } from '../../../../src/store/redis/bounded-clients.js';
import { BoundedHolding } from '../../../../src/store/redis/client-holding.js';

const ROLES = [{ rolename: 'r', incarnation: 'i', priority: 0 }];

function client(username: string, textname = ''): Client {
  return { username, textname, disabled: false, superuser: false, roles: ROLES, groups: [] };
}

/** Clients in memory, of three that there are. */
function threeOf(limit: number): { holding: BoundedHolding; clients: BoundedClients } {
  const holding = new BoundedHolding(limit);
  return { holding, clients: read(holding, undefined, ['a', 'b', 'c']) };
}

function read(
  holding: BoundedHolding,
  before: BoundedClients | undefined,
  usernames: readonly string[],
): BoundedClients {
  const intake = holding.intake(before);
  for (const username of usernames) intake.add(client(username));
  const { clients } = intake.finish();
  if (!(clients instanceof BoundedClients)) throw new TypeError('they are not bounded');
  return clients;
}

function heldOf(clients: BoundedClients): readonly string[] {
  const held = [...clients.held()].map(({ username }) => username).sort();
  expect(clients.heldCount).toBe(held.length);
  return held;
}

describe('clients of which some are in memory', () => {
  it('are read into it until there is no more room, and known of all', () => {
    const { clients } = threeOf(2);
    expect(heldOf(clients)).toEqual(['a', 'b']);
    expect(['a', 'c', 'd'].map((name) => [clients.has(name), clients.lacks(name)])).toEqual([
      [true, false],
      [true, true],
      [false, false],
    ]);
    expect(clients.get('a')).toEqual(client('a'));
    expect(clients.get('d')).toBeUndefined();
    expect(() => clients.get('c')).toThrow(ClientNotHeldError);
    expect(clients.holder('c')).toMatchObject({ roles: ROLES, groups: [] });
    expect(clients.holder('d')).toBeUndefined();
  });

  it('make room by the least recently used', () => {
    const { clients } = threeOf(2);
    clients.get('a');
    clients.bring(client('c'));
    expect(heldOf(clients)).toEqual(['a', 'c']);
    clients.bring(client('b'));
    expect(heldOf(clients)).toEqual(['b', 'c']);
    expect(clients.holder('a')).toMatchObject({ roles: ROLES });
  });

  it('that are not there are not brought in', () => {
    const { clients } = threeOf(2);
    clients.bring(client('d'));
    expect(clients.has('d')).toBe(false);
    expect(heldOf(clients)).toEqual(['a', 'b']);
  });

  it('stay out of it when they change, and stay in it', () => {
    const { clients } = threeOf(2);
    const next = clients.with(
      new Map([
        ['a', client('a', 'new')],
        ['b', undefined],
        ['c', client('c', 'new')],
        ['d', client('d')],
      ]),
    );
    expect(heldOf(next)).toEqual(['a']);
    expect(next.get('a')?.textname).toBe('new');
    expect(['b', 'c', 'd'].map((name) => [next.has(name), next.lacks(name)])).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ]);
  });

  it('are in older versions what they were, or not told', () => {
    const { clients: first } = threeOf(2);
    const second = first.with(new Map([['a', client('a', 'new')]])).with(new Map([['b', undefined]]));
    second.bring(client('c'));
    expect(first.get('a')?.textname).toBe('');
    expect(first.get('b')).toEqual(client('b'));
    expect(first.get('c')).toEqual(client('c'));
    second.with(new Map([['c', client('c', 'new')]]));
    expect(second.get('c')).toEqual(client('c'));
    const { clients: other } = threeOf(2);
    other.with(new Map([['c', undefined]]));
    expect(() => other.get('c')).toThrow(ClientNotHeldError);
  });

  it('stay in it while they are pinned, whatever comes and however they change', () => {
    const { holding, clients } = threeOf(1);
    holding.pin(['a', 'b']);
    clients.bring(client('b'));
    clients.bring(client('c'));
    expect(heldOf(clients)).toEqual(['a', 'b', 'c']);
    const next = clients.with(new Map([['b', client('b', 'new')]]));
    expect(next.get('b')?.textname).toBe('new');
    holding.unpin(['b'], next);
    expect(heldOf(next)).toEqual(['a', 'b']);
    holding.unpin(['a'], next);
    expect(heldOf(next)).toEqual(['a']);
  });

  it('are brought in by a change while they are pinned', () => {
    const { holding, clients } = threeOf(1);
    holding.pin(['c']);
    holding.pin(['c']);
    const next = clients.with(new Map([['c', client('c', 'new')]]));
    expect(next.get('c')?.textname).toBe('new');
    holding.unpin(['c'], next);
    expect(heldOf(next)).toEqual(['a', 'c']);
    holding.unpin(['c'], next);
    expect(heldOf(next)).toEqual(['c']);
  });

  it('are, when all are read anew, those that were in it, in the same order of use', () => {
    const { holding, clients } = threeOf(2);
    clients.get('a');
    holding.pin(['c']);
    const next = read(holding, clients, ['a', 'b', 'c', 'd']);
    expect(heldOf(next)).toEqual(['a', 'c']);
    holding.unpin(['c'], next);
    next.bring(client('d'));
    expect(heldOf(next)).toEqual(['c', 'd']);
  });

  it('are what was read of them last', () => {
    const holding = new BoundedHolding(1);
    const intake = holding.intake(undefined);
    intake.add(client('a'));
    intake.add(client('b'));
    intake.add(client('a', 'again'));
    intake.drop('b');
    const { clients, holders } = intake.finish();
    expect([...holders.keys()]).toEqual(['a']);
    expect(clients.get('a')?.textname).toBe('again');
    expect(clients.has('b')).toBe(false);
  });

  it('share what is kept of those that are not in it', () => {
    const { clients } = threeOf(1);
    expect(clients.holder('b')).toBe(clients.holder('c'));
  });
});
