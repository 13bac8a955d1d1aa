import type { Access, DefaultAclAccess } from '../entities.js';
import { ACCESSES } from '../entities.js';
import type { ChangeCommand, ReadCommand } from './command.js';
import { refuse } from './command-refusal.js';
import type { Draft, EntityKind } from './draft.js';

export const getDetails: ReadCommand = (draft) => ({
  clientCount: count(draft, 'clients'),
  groupCount: count(draft, 'groups'),
  roleCount: count(draft, 'roles'),
  changeIndex: draft.changeIndex(),
});

export const getDefaultACLAccess: ReadCommand = (draft) => {
  const { defaultACLAccess } = draft.settings();
  return { acls: ACCESSES.map((acltype) => ({ acltype, allow: defaultACLAccess[acltype] })) };
};

/** PARITY: what in `acls` is not a known access with a boolean is passed over (2.0.11 and 2.1.2). */
export const setDefaultACLAccess: ChangeCommand = (draft, members) => {
  const acls = members.objects('acls') ?? refuse('Missing/invalid actions array');
  const settings = draft.settings();
  const changed: Record<Access, boolean> = { ...settings.defaultACLAccess };
  for (const acl of acls) {
    const access = accessOf(acl.lenientString('acltype'));
    if (access) changed[access] = acl.boolean('allow', changed[access]);
  }
  const defaultACLAccess: DefaultAclAccess = changed;
  draft.putSettings({ ...settings, defaultACLAccess });
};

function accessOf(acltype: string | undefined): Access | undefined {
  return ACCESSES.find((access) => access.toLowerCase() === acltype?.toLowerCase());
}

function count(draft: Draft, kind: EntityKind): number {
  return draft.page(kind, 0, 0).totalCount;
}
