/**
 * The entities of dynamic security, in its own words.
 *
 * INVARIANT: every list below stands in the order in which dynsec evaluates it (`compare.ts`), so that
 * nobody downstream sorts again. Whoever builds an entity sorts it once.
 */

/** The six kinds of ACL, in the order in which dynsec lists them. */
export const ACL_TYPES = [
  'publishClientSend',
  'publishClientReceive',
  'subscribeLiteral',
  'subscribePattern',
  'unsubscribeLiteral',
  'unsubscribePattern',
] as const;

/** What an ACL is about: `publishClientReceive` guards each delivery, the `subscribe*` pair the SUBSCRIBE packet. */
export type AclType = (typeof ACL_TYPES)[number];

/** The four things a client asks for, in the order of `getDefaultACLAccess`; each has a default of its own. */
export const ACCESSES = ['publishClientSend', 'publishClientReceive', 'subscribe', 'unsubscribe'] as const;

/** One access: `publishClientSend` publishes, `publishClientReceive` is one delivery to the client. */
export type Access = (typeof ACCESSES)[number];

/** What happens to an access that no ACL of any role decides. */
export type DefaultAclAccess = Readonly<Record<Access, boolean>>;

/** One rule of a role. */
export interface Acl {
  readonly acltype: AclType;
  /** A topic template: a topic filter whose levels may hold variables (`topic-template.ts`). */
  readonly topic: string;
  /** Higher is looked at first; -100000 to 100000, 0 where the document has none. */
  readonly priority: number;
  readonly allow: boolean;
}

/**
 * Which creation of a role or group is meant: a new one for each, so that what referred to a deleted role does not
 * refer to its successor of the same name. A reference counts only where its incarnation is that of what it names;
 * any other is void, as if it were not there. Documents do not carry incarnations: what is loaded has {@link LOADED}.
 */
export type Incarnation = string;

/** The incarnation of whatever came with a document. */
export const LOADED: Incarnation = '';

/**
 * What a document says in members that nobody here knows, in their own spelling: it means nothing, is kept, and goes
 * out again. JSON values that nothing changes; absent where there are none.
 */
export type Extra = ReadonlyMap<string, unknown>;

/** A named list of rules. */
export interface Role {
  readonly rolename: string;
  readonly incarnation: Incarnation;
  readonly textname?: string;
  readonly textdescription?: string;
  /** False: a SUBSCRIBE with `+` or `#` anywhere is denied as soon as the role is reached. */
  readonly allowwildcardsubs: boolean;
  /** By type (as in {@link ACL_TYPES}), priority descending, then as inserted; (type, topic) is unique. */
  readonly acls: readonly Acl[];
  readonly extra?: Extra;
}

/** That a client or a group holds a role. */
export interface RoleReference {
  readonly rolename: string;
  readonly incarnation: Incarnation;
  /** Higher is evaluated first; -1 where the document has none. */
  readonly priority: number;
}

/** That a client is a member of a group. */
export interface GroupReference {
  readonly groupname: string;
  readonly incarnation: Incarnation;
  /** Higher is evaluated first, for this client; -1 where the document has none. */
  readonly priority: number;
}

/** A named set of clients that share roles. Its members are known by the clients: see {@link Client.groups}. */
export interface Group {
  readonly groupname: string;
  readonly incarnation: Incarnation;
  readonly textname?: string;
  readonly textdescription?: string;
  /** Priority descending, then name in byte order. */
  readonly roles: readonly RoleReference[];
  readonly extra?: Extra;
}

/**
 * A stored password, in the form in which it came, so that it goes out as it came in: an encoded hash
 * (`$7$...`, `$6$...`, `$argon2id$...`, `$2b$...`), or the triple of Mosquitto 2.0 (base64, PBKDF2-HMAC-SHA512).
 */
export type StoredPassword =
  | { readonly encoded: string }
  | { readonly password: string; readonly salt: string; readonly iterations: number };

/** Somebody who may connect. */
export interface Client {
  readonly username: string;
  /** The one client id with which this client may connect, or absent: any. Never together with `clientids`. */
  readonly clientid?: string;
  /** Beyond dynsec: patterns of client ids (`clientid-binding.ts`), any of which may match. */
  readonly clientids?: readonly string[];
  readonly textname?: string;
  readonly textdescription?: string;
  readonly disabled: boolean;
  /** Beyond dynsec: allowed everything that a client can be allowed at all. */
  readonly superuser: boolean;
  /** Beyond dynsec: values for `%{NAME}` in topic templates. */
  readonly attributes?: ReadonlyMap<string, string>;
  /** Roles held directly: priority descending, then name in byte order. */
  readonly roles: readonly RoleReference[];
  /** Memberships: priority descending, then name in byte order. */
  readonly groups: readonly GroupReference[];
  /** Absent: the client cannot log in. */
  readonly password?: StoredPassword;
  readonly extra?: Extra;
}

/** One whole configuration: what a dynamic-security.json says. Maps are in byte order of their names. */
export interface Configuration {
  /** Counts the successful modifying commands (dynsec 2.1). */
  readonly changeIndex: number;
  readonly defaultACLAccess: DefaultAclAccess;
  readonly clients: ReadonlyMap<string, Client>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly roles: ReadonlyMap<string, Role>;
  /** The group whose roles clients without a user name have; always one of `groups`. */
  readonly anonymousGroup?: string;
  readonly extra?: Extra;
}
