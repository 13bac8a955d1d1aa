/**
 * What mosquitto-go-auth decides, written as plainly as can be: the Redis backend and the files backend.
 */

/** The four sets of a user or of everybody. */
export interface ReferenceSets {
  readonly racls?: readonly string[];
  readonly wacls?: readonly string[];
  readonly rwacls?: readonly string[];
  readonly sacls?: readonly string[];
}

/** 1 receive, 2 publish, 4 subscribe. */
export type Acc = 1 | 2 | 4;

/** Who asks for what. */
export interface GoAuthRequest {
  readonly username: string;
  readonly clientid: string;
  readonly acc: Acc;
  readonly topic: string;
}

/** The same text, or a match level by level; wildcards of a subscription are levels like any others. */
export function covers(saved: string, topic: string): boolean {
  return saved === topic || coversLevels(saved.split('/'), topic.split('/'));
}

function coversLevels([first, ...saved]: readonly string[], levels: readonly string[]): boolean {
  if (first === undefined) return levels.length === 0;
  if (first === '#') return true;
  const [level, ...others] = levels;
  return level !== undefined && (first === '+' || first === level) && coversLevels(saved, others);
}

function substitute(topic: string, { username, clientid }: GoAuthRequest): string {
  return topic.replaceAll('%c', () => clientid).replaceAll('%u', () => username);
}

const SETS_BY_ACC = { 1: ['racls', 'rwacls'], 2: ['wacls', 'rwacls'], 4: ['sacls'] } as const;

/** Whether the Redis backend allows it. */
export function redisAllows(own: ReferenceSets, common: ReferenceSets, request: GoAuthRequest): boolean {
  return SETS_BY_ACC[request.acc].some(
    (set) =>
      own[set]?.some((topic) => covers(topic, request.topic)) ||
      common[set]?.some((topic) => covers(substitute(topic, request), request.topic)),
  );
}

/** A line of an ACL file; user null: everybody. */
export interface ReferenceLine {
  readonly user: string | null;
  readonly access: 'read' | 'write' | 'readwrite' | 'subscribe' | 'deny';
  readonly topic: string;
}

/** Whether the files backend allows it. */
export function filesAllow(lines: readonly ReferenceLine[], request: GoAuthRequest): boolean {
  const matching = lines.filter(({ user, topic }) => {
    if (user === null) return covers(substitute(topic, request), request.topic);
    return user === request.username && covers(topic, request.topic);
  });
  if (matching.some(({ access }) => access === 'deny')) return false;
  return matching.some(({ access }) => grants(access, request));
}

function grants(access: ReferenceLine['access'], { acc, topic }: GoAuthRequest): boolean {
  if (access === 'readwrite') return true;
  if (access === 'write') return acc === 2;
  if (access === 'subscribe') return acc === 4;
  return access === 'read' && (acc === 1 || (acc === 4 && topic !== '#'));
}
