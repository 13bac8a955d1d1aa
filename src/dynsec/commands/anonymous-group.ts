import type { ChangeCommand, ReadCommand } from './command.js';
import { refuse } from './command-refusal.js';
import type { Settings } from './draft.js';
import { withoutUndefined } from './without-undefined.js';

/** Idempotent, but kicks each time. */
export const setAnonymousGroup: ChangeCommand = (draft, members) => {
  const groupname = members.name('groupname');
  if (draft.groupIncarnation(groupname) === undefined) refuse('Group not found');
  draft.kick({ kind: 'anonymous' });
  draft.putSettings({ ...draft.settings(), anonymousGroup: groupname });
};

/** Beyond dynsec: clients without a user name have no group any more. Idempotent, but kicks each time. */
export const unsetAnonymousGroup: ChangeCommand = (draft) => {
  draft.kick({ kind: 'anonymous' });
  draft.putSettings(withoutUndefined<Settings>({ ...draft.settings(), anonymousGroup: undefined }));
};

/** Empty where there is none. */
export const getAnonymousGroup: ReadCommand = (draft) => ({
  group: { groupname: draft.settings().anonymousGroup ?? '' },
});
