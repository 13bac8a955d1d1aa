import type { Role } from '../entities.js';
import type { Identity } from '../identity.js';
import type { TemplateLevel, VariableLevel } from '../topic-template.js';
import { substituteLevel } from '../topic-template.js';
import { TopicLevels } from '../topic-levels.js';

const ATTRIBUTE = /%\{([A-Za-z][A-Za-z0-9_]*)\}/g;

/**
 * Values for variables that stand for any value: different ones for different variables, and none that is a part of
 * a topic of the policy. What is true with them is true for everybody, a chance name aside.
 */
export class StandIns {
  /** A client with such values for everything. */
  readonly identity: Identity;
  /** A level that no rule names. */
  readonly anyLevel: string;

  constructor(roles: Iterable<Role>) {
    const topics = [...roles].flatMap(({ acls }) => acls.map(({ topic }) => topic));
    // INVARIANT: the mark does not overlap with itself, so that a value is told from the text around it.
    let number = 0;
    const mark = (): string => `\u0001${number}\u0002`;
    while (topics.some((topic) => topic.includes(mark()))) number++;
    const standIn = (name: string): string => mark() + name + mark();
    this.anyLevel = standIn('');
    this.identity = {
      username: standIn('username'),
      clientid: standIn('clientid'),
      group: standIn('group'),
      attributes: new Map(attributeNames(topics).map((name) => [name, standIn(`attribute ${name}`)])),
    };
  }

  /** The levels as a filter: variables by their stand-ins, `+` and `#` as they are. */
  asFilter(levels: readonly TemplateLevel[]): TopicLevels {
    return new TopicLevels(
      levels.map((level) => (level.kind === 'variable' ? this.#fill(level) : level.text)).join('/'),
    );
  }

  /** The levels as a topic name to which they apply. */
  asTopic(levels: readonly TemplateLevel[]): TopicLevels {
    const texts = levels.map((level) => {
      if (level.kind === 'variable') return this.#fill(level);
      return level.kind === 'literal' ? level.text : this.anyLevel;
    });
    return new TopicLevels(texts.join('/'));
  }

  /** A level that no value fits is what a deny makes of it. */
  #fill(level: VariableLevel): string {
    return substituteLevel(level, this.identity) ?? '+';
  }
}

function attributeNames(topics: readonly string[]): readonly string[] {
  const names = topics.flatMap((topic) => (topic.includes('%{') ? [...topic.matchAll(ATTRIBUTE)] : []));
  return [...new Set(names.map((match) => match[1] ?? ''))];
}
