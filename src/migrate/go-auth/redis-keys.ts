/** The sets of topics that mosquitto-go-auth reads for a user, as its keys end. */
export const TOPIC_SETS = ['racls', 'wacls', 'rwacls', 'sacls'] as const;

/** See {@link TOPIC_SETS}. */
export type TopicSet = (typeof TOPIC_SETS)[number];

/** A key of Redis with what is in it. */
export type RedisKey =
  | { readonly key: string; readonly type: 'string'; readonly value: string }
  | { readonly key: string; readonly type: 'set'; readonly members: readonly string[] }
  /** Something else where a set is expected. */
  | { readonly key: string; readonly type: 'other'; readonly actualType: string };

/** What a key is to mosquitto-go-auth, told by its name: a set of topics of somebody, `<user>:racls`. */
export function topicSetOf(key: string): { readonly owner: string; readonly set: TopicSet } | undefined {
  const set = TOPIC_SETS.find((name) => key.endsWith(`:${name}`));
  return set && { owner: key.slice(0, -set.length - 1), set };
}

/** Whose superuser flag a key is, told by its name, `<user>:su`. */
export function flagOwnerOf(key: string): string | undefined {
  return key.endsWith(':su') ? key.slice(0, -':su'.length) : undefined;
}

/** How the hashes begin that mosquitto-go-auth reads; what stands under any other key of a shared database does not. */
const HASH_STARTS = /^(?:PBKDF2\$|\$?pbkdf2-sha512\$|\$argon2id\$|\$2[aby]?\$)/;

/** Whether a string is a password hash of some form of mosquitto-go-auth, which makes its key the name of a user. */
export function isHash(value: string): boolean {
  return HASH_STARTS.test(value);
}

/** The longest string that can be a hash: of any other no more is needed to know that it is none. */
export const HASH_LENGTH_MAX = 1_024;
