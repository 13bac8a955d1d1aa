import { priorityToDocument, roleReferenceToDocument } from '../document/to-document.js';
import type { Client, Group, GroupReference, Role } from '../entities.js';
import type { Draft } from './draft.js';
import { withoutUndefined } from './without-undefined.js';

/** Data of a reply, its members in the order in which dynsec writes them. */
export type ReplyData = Readonly<Record<string, unknown>>;

/** A client as replies show it: nothing of its password, and of the fields beyond dynsec what is set. */
export function clientReply(client: Client): ReplyData {
  const { attributes } = client;
  return withoutUndefined<ReplyData>({
    username: client.username,
    clientid: client.clientid,
    clientids: client.clientids,
    textname: client.textname,
    textdescription: client.textdescription,
    disabled: client.disabled || undefined,
    superuser: client.superuser || undefined,
    attributes: attributes && Object.fromEntries(attributes),
    roles: client.roles.map(roleReferenceToDocument),
    groups: client.groups.map(groupReferenceReply),
    // Who is connected is known to the brokers alone.
    connections: [],
  });
}

/** A group as replies show it. */
export function groupReply(draft: Draft, group: Group): ReplyData {
  return withoutUndefined<ReplyData>({
    groupname: group.groupname,
    textname: group.textname,
    textdescription: group.textdescription,
    clients: draft.members(group.groupname).map((username) => ({ username })),
    roles: group.roles.map(roleReferenceToDocument),
  });
}

/** A role as replies show it. */
export function roleReply({ rolename, textname, textdescription, allowwildcardsubs, acls }: Role): ReplyData {
  return withoutUndefined<ReplyData>({
    rolename,
    textname,
    textdescription,
    allowwildcardsubs,
    acls: acls.map(({ acltype, topic, priority, allow }) => ({ acltype, topic, priority, allow })),
  });
}

function groupReferenceReply(reference: GroupReference): ReplyData {
  return { groupname: reference.groupname, ...priorityToDocument(reference) };
}
