/** Writes the dynamic-security.json documents of the end-to-end tests. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';

/** What dynsec calls an ACL, its `priority` left at 0. */
export interface TestAcl {
  readonly acltype: string;
  readonly topic: string;
  readonly allow: boolean;
}

/** A client: its password is hashed by {@link documentOf}. */
export interface TestClient {
  readonly username: string;
  readonly password: string;
  readonly roles: readonly string[];
  readonly clientid?: string;
  readonly clientids?: readonly string[];
  readonly superuser?: boolean;
  readonly disabled?: boolean;
  /** PBKDF2 iterations, 101 unless a test needs a slow login. */
  readonly iterations?: number;
}

/** A whole document: everything that no ACL decides is denied. */
export interface TestDocument {
  readonly clients: readonly TestClient[];
  readonly roles: Readonly<Record<string, readonly TestAcl[]>>;
}

const NOTHING = {
  publishClientSend: false,
  publishClientReceive: false,
  subscribe: false,
  unsubscribe: false,
};

/** The ACLs that allow all of publishing, receiving, subscribing and unsubscribing on one topic template. */
export function allowAll(topic: string): TestAcl[] {
  return ['publishClientSend', 'publishClientReceive', 'subscribePattern', 'unsubscribePattern'].map(
    (acltype) => ({ acltype, topic, allow: true }),
  );
}

/** One ACL that allows. */
export function allow(acltype: string, topic: string): TestAcl {
  return { acltype, topic, allow: true };
}

/** The text of a dynamic-security.json as Mosquitto 2.1 would read it, with passwords as it stores them. */
export function documentOf(document: TestDocument): string {
  const roles = Object.entries(document.roles).map(([rolename, acls]) => ({
    rolename,
    acls: acls.map((acl) => ({ ...acl, priority: 0 })),
  }));
  const clients = document.clients.map(({ password, iterations, roles: held, ...client }) => ({
    ...client,
    roles: held.map((rolename) => ({ rolename })),
    encoded_password: encodedPassword(password, iterations ?? 101),
  }));
  return `${JSON.stringify({ defaultACLAccess: NOTHING, clients, groups: [], roles }, undefined, '\t')}\n`;
}

function encodedPassword(password: string, iterations: number): string {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, iterations, 64, 'sha512');
  return `$7$${String(iterations)}$${salt.toString('base64')}$${hash.toString('base64')}`;
}
