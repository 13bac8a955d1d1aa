import type { ExpandedRole } from './expand-template.js';

/** The dynsec command that puts a role in place. */
export interface RoleCommand extends ExpandedRole {
  readonly command: 'createRole' | 'modifyRole';
}

/** @param isThere there is a role of that name, and it is to be replaced: its texts, and all of its ACLs. */
export function roleCommand(role: ExpandedRole, isThere: boolean): RoleCommand {
  return { command: isThere ? 'modifyRole' : 'createRole', ...role };
}
