import { getAnonymousGroup, setAnonymousGroup, unsetAnonymousGroup } from './anonymous-group.js';
import * as clients from './clients.js';
import type { ChangeCommand, ReadCommand } from './command.js';
import { getDefaultACLAccess, getDetails, setDefaultACLAccess } from './general.js';
import { addGroupClient, removeGroupClient } from './group-members.js';
import * as groups from './groups.js';
import * as roles from './roles.js';

/** A command by its name. */
export type KnownCommand =
  | { readonly kind: 'read'; readonly name: string; readonly run: ReadCommand }
  | { readonly kind: 'change'; readonly name: string; readonly run: ChangeCommand };

const READS: Readonly<Record<string, ReadCommand>> = {
  getDetails,
  getDefaultACLAccess,
  getAnonymousGroup,
  getClient: clients.getClient,
  listClients: clients.listClients,
  getGroup: groups.getGroup,
  listGroups: groups.listGroups,
  getRole: roles.getRole,
  listRoles: roles.listRoles,
};

const CHANGES: Readonly<Record<string, ChangeCommand>> = {
  setDefaultACLAccess,
  setAnonymousGroup,
  unsetAnonymousGroup,
  createClient: clients.createClient,
  deleteClient: clients.deleteClient,
  enableClient: clients.enableClient,
  disableClient: clients.disableClient,
  setClientId: clients.setClientId,
  setClientPassword: clients.setClientPassword,
  modifyClient: clients.modifyClient,
  addClientRole: clients.addClientRole,
  removeClientRole: clients.removeClientRole,
  createGroup: groups.createGroup,
  deleteGroup: groups.deleteGroup,
  modifyGroup: groups.modifyGroup,
  addGroupRole: groups.addGroupRole,
  removeGroupRole: groups.removeGroupRole,
  addGroupClient,
  removeGroupClient,
  createRole: roles.createRole,
  deleteRole: roles.deleteRole,
  modifyRole: roles.modifyRole,
  addRoleACL: roles.addRoleACL,
  removeRoleACL: roles.removeRoleACL,
};

const COMMANDS: ReadonlyMap<string, KnownCommand> = new Map<string, KnownCommand>([
  ...Object.entries(READS).map(([name, run]): [string, KnownCommand] => [
    name.toLowerCase(),
    { kind: 'read', name, run },
  ]),
  ...Object.entries(CHANGES).map(([name, run]): [string, KnownCommand] => [
    name.toLowerCase(),
    { kind: 'change', name, run },
  ]),
]);

/** The command of that name, in any case. */
export function findCommand(name: string): KnownCommand | undefined {
  return COMMANDS.get(name.toLowerCase());
}
