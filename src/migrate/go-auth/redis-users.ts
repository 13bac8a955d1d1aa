import type { Findings } from '../findings.js';
import { textProblem, usernameProblem } from '../source-problems.js';
import type { RedisKey, TopicSet } from './redis-keys.js';
import { flagOwnerOf, isHash, topicSetOf } from './redis-keys.js';

/** Topics by the set in which they are. */
export type TopicsBySet = ReadonlyMap<TopicSet, readonly string[]>;

/** What the keys say of one user. */
export interface RedisUser {
  readonly hash?: string;
  readonly isSuperuser: boolean;
  readonly topics: TopicsBySet;
}

/** What the keys say. */
export interface RedisUsers {
  readonly users: ReadonlyMap<string, RedisUser>;
  /** The topics of everybody. */
  readonly common: TopicsBySet;
}

/** Whose sets are everybody's. */
const COMMON = 'common';

interface Draft {
  hash?: string;
  isSuperuser: boolean;
  readonly topics: Map<TopicSet, readonly string[]>;
}

/** Puts the keys together. Whatever is of no known shape is passed over. */
export function readRedisUsers(keys: Iterable<RedisKey>, findings: Findings): RedisUsers {
  const drafts = new Map<string, Draft>();
  const draftOf = (owner: string): Draft => {
    const draft = drafts.get(owner) ?? { isSuperuser: false, topics: new Map() };
    drafts.set(owner, draft);
    return draft;
  };
  for (const each of keys) {
    if (each.type !== 'other') readKey(each, draftOf);
    else findings.lost(each.key, `holds a ${each.actualType}, where mosquitto-go-auth reads a set of topics`);
  }
  const common = drafts.get(COMMON);
  if (common && !isSomebody(common)) drafts.delete(COMMON);
  for (const owner of [...drafts.keys()]) {
    const problem = usernameProblem(owner) ?? textProblem(owner);
    if (problem === undefined) continue;
    drafts.delete(owner);
    findings.lost(owner, problem);
  }
  return { users: drafts, common: common?.topics ?? new Map() };
}

/** The sets of a user who is called `common` are those of everybody, and are carried over as such. */
function isSomebody({ hash, isSuperuser }: Draft): boolean {
  return hash !== undefined || isSuperuser;
}

function readKey(each: Exclude<RedisKey, { type: 'other' }>, draftOf: (owner: string) => Draft): void {
  if (each.type === 'set') {
    const found = topicSetOf(each.key);
    if (found) draftOf(found.owner).topics.set(found.set, each.members);
  } else if (isHash(each.value)) draftOf(each.key).hash = each.value;
  else {
    const owner = flagOwnerOf(each.key);
    if (owner !== undefined && each.value === 'true') draftOf(owner).isSuperuser = true;
  }
}
