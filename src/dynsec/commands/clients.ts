import type { Client } from '../entities.js';
import { isMqttText } from '../mqtt-text.js';
import { bind } from './client-binding.js';
import { readChangedExtensions, readExtensions } from './client-extensions.js';
import type { ChangeCommand, ReadCommand } from './command.js';
import type { CommandMembers } from './command-members.js';
import { refuse } from './command-refusal.js';
import { clientReply } from './entity-replies.js';
import { findClient } from './find-entities.js';
import { listed, readPage } from './paging.js';
import { readGroups, readNewGroups, readPriority, readRoles, withoutRole, withRole } from './references.js';
import { readChangedTexts, readTexts } from './texts.js';
import { toUnicodeText } from './unicode-text.js';
import { withoutUndefined } from './without-undefined.js';

/** Beyond dynsec: `clientids`, `attributes`, `superuser`. An empty password is hashed too; no login shows it. */
export const createClient: ChangeCommand = (draft, members, context) => {
  const username = members.newName('username');
  const password = members.strictString('password');
  const clientid = readClientId(members, 'client id');
  const texts = readTexts(members);
  const extensions = readExtensions(members);
  const binding = bind({ clientid: undefined, clientids: undefined }, { ...extensions, clientid });
  if (draft.hasClient(username)) refuse('Client already exists');
  const roles = readRoles(draft, members) ?? [];
  const groups = readNewGroups(draft, members);
  draft.putClient(
    withoutUndefined<Client>({
      username,
      disabled: false,
      superuser: false,
      ...texts,
      ...extensions,
      ...binding,
      roles,
      groups,
      password: password === undefined ? undefined : context.hashedPassword(),
    }),
  );
};

/** PARITY: the name is not looked into (2.0.11 and 2.1.2). */
export const deleteClient: ChangeCommand = (draft, members) => {
  const username = members.requiredString('username');
  if (!draft.hasClient(username)) refuse('Client not found');
  draft.kick({ kind: 'user', username });
  draft.deleteClient(username);
};

/** Nobody is connected as a disabled client, so that nobody is kicked. */
export const enableClient: ChangeCommand = (draft, members) => {
  const client = findClient(draft, members.name('username'));
  draft.putClient({ ...client, disabled: false });
};

/** Idempotent, but kicks each time. */
export const disableClient: ChangeCommand = (draft, members) => {
  const client = findClient(draft, members.name('username'));
  draft.kick({ kind: 'user', username: client.username });
  draft.putClient({ ...client, disabled: true });
};

/** None, or an empty one, clears it. */
export const setClientId: ChangeCommand = (draft, members) => {
  const username = members.name('username');
  const clientid = readClientId(members, 'client ID') ?? '';
  const client = findClient(draft, username);
  draft.kick({ kind: 'user', username });
  draft.putClient(withoutUndefined<Client>({ ...client, ...bind(client, { clientid }) }));
};

export const setClientPassword: ChangeCommand = (draft, members, context) => {
  const username = members.name('username');
  if (members.requiredString('password') === '') refuse('Empty password is not allowed');
  const client = findClient(draft, username);
  const password = context.hashedPassword();
  draft.kick({ kind: 'user', username });
  draft.putClient({ ...client, password });
};

/**
 * Beyond dynsec: `clientids`, `attributes`, `superuser`, each as a whole; null takes it away.
 * PARITY: a client id is not looked into, an empty password is passed over (2.0.11 and 2.1.2).
 */
export const modifyClient: ChangeCommand = (draft, members, context) => {
  const client = findClient(draft, members.name('username'));
  const clientid = members.lenientString('clientid');
  const extensions = readChangedExtensions(members);
  const binding = bind(client, {
    ...extensions,
    clientid: clientid === undefined ? undefined : toUnicodeText(clientid),
  });
  const roles = readRoles(draft, members) ?? client.roles;
  const groups = readGroups(draft, members) ?? client.groups;
  const password = members.lenientString('password') ? context.hashedPassword() : client.password;
  const texts = readChangedTexts(members);
  draft.kick({ kind: 'user', username: client.username });
  draft.putClient(
    withoutUndefined<Client>({
      ...client,
      ...texts,
      ...extensions,
      ...binding,
      roles,
      groups,
      password,
    }),
  );
};

export const getClient: ReadCommand = (draft, members) => ({
  client: clientReply(findClient(draft, members.name('username'))),
});

export const listClients: ReadCommand = (draft, members) => {
  const page = readPage(draft, members, 'clients');
  const find = (username: string): Client | undefined => draft.client(username);
  return {
    totalCount: page.totalCount,
    clients: listed(members, page, find).map((client) =>
      typeof client === 'string' ? client : clientReply(client),
    ),
  };
};

export const addClientRole: ChangeCommand = (draft, members) => {
  const username = members.name('username');
  const rolename = members.name('rolename');
  const client = findClient(draft, username);
  const incarnation = draft.roleIncarnation(rolename) ?? refuse('Role not found');
  // PARITY: this is the error for a role that is there already (2.0.11 and 2.1.2).
  if (client.roles.some((role) => role.rolename === rolename)) refuse('Internal error');
  const role = { rolename, incarnation, priority: readPriority(members) };
  draft.kick({ kind: 'user', username });
  draft.putClient({ ...client, roles: withRole(client.roles, role) });
};

/** Idempotent, but kicks each time. */
export const removeClientRole: ChangeCommand = (draft, members) => {
  const username = members.name('username');
  const rolename = members.name('rolename');
  const client = findClient(draft, username);
  if (draft.roleIncarnation(rolename) === undefined) refuse('Role not found');
  draft.kick({ kind: 'user', username });
  draft.putClient({ ...client, roles: withoutRole(client.roles, rolename) });
};

/** @param label what the error calls it. @throws CommandRefusal */
function readClientId(members: CommandMembers, label: string): string | undefined {
  const clientid = members.strictString('clientid', label);
  if (clientid !== undefined && !isMqttText(clientid)) refuse('Client ID not valid UTF-8');
  return clientid;
}
