/**
 * Batches that leave a realm of which it can be told which of them have been done: all up to one, each of them whole.
 * None of them could be done twice.
 */

/** How many clients of the last batches are there. */
const KEPT = 5;

function commands(from: string, to: string): readonly object[] {
  return [
    { command: 'removeGroupClient', groupname: from, username: 'mover' },
    { command: 'modifyClient', username: 'counter', textname: '<n>' },
    { command: 'createClient', username: 'client<n>', groups: [{ groupname: to }] },
    { command: 'deleteClient', username: 'client<old>' },
    { command: 'deleteRole', rolename: 'renewed' },
    { command: 'createRole', rolename: 'renewed' },
    { command: 'addClientRole', username: 'counter', rolename: 'renewed' },
    { command: 'addGroupClient', groupname: to, username: 'mover' },
  ];
}

/** For `store-process.mjs`: the batches of even and of odd numbers, with places for the number. */
export const BATCHES = JSON.stringify({
  0: commands('odd', 'even'),
  1: commands('even', 'odd'),
  kept: KEPT,
});

/** How many commands a batch has. */
export const COMMANDS = commands('', '').length;

/** The realm after that many batches, as a dynamic-security.json says it. */
export function realmAfter(n: number): object {
  const numbers = Array.from({ length: KEPT }, (_, i) => n - i);
  const membersOf = (parity: number): readonly object[] => [
    ...numbers.filter((i) => Math.abs(i % 2) === parity).map((i) => ({ username: `client${i}` })),
    ...(n % 2 === parity ? [{ username: 'mover' }] : []),
  ];
  return {
    changeIndex: n * COMMANDS,
    clients: sorted([
      ...numbers.map((i) => ({ username: `client${i}`, roles: [] })),
      { username: 'counter', textname: String(n), roles: [{ rolename: 'renewed' }] },
      { username: 'mover', roles: [] },
    ]),
    groups: [
      { groupname: 'even', roles: [], clients: sorted(membersOf(0)) },
      { groupname: 'odd', roles: [], clients: sorted(membersOf(1)) },
    ],
    roles: [{ rolename: 'renewed', allowwildcardsubs: true, acls: [] }],
    unknown: 'kept',
  };
}

function sorted(entries: readonly object[]): readonly object[] {
  const nameOf = (entry: object): string => String((entry as { username?: unknown }).username);
  return [...entries].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}
