import type { Findings } from '../findings.js';
import { listNames } from '../findings.js';
import type { CommonRules } from '../installation.js';
import type { MigratedRule, SourceRule } from '../migrated-rule.js';
import { carryRules } from '../migrated-rule.js';
import { holdsClientId, holdsUsername, putUsername } from '../topic-conversion.js';
import { holdsWildcard, isPlainUsername } from '../username.js';
import { withDollarTopics } from './dollar-topics.js';

/**
 * The rules of mosquitto-go-auth for everybody, `%u` and `%c` put in wherever they stand.
 *
 * SECURITY: a user name with a wildcard is put in as it is there, and would reach beyond itself; here such rules do
 * not hold for it.
 */
export class GeneralRules {
  /** For every client but those for which {@link commonFor} has others. */
  readonly common: CommonRules;

  /** @param roots see `dollar-topics.ts`. */
  constructor(
    private readonly rules: readonly SourceRule[],
    private readonly roots: ReadonlySet<string>,
    private readonly findings: Findings,
  ) {
    this.common = this.#divide(rules);
  }

  /** The rules for a user name for which `%u` does not stand exactly, or undefined where the common ones do. */
  commonFor(username: string): CommonRules | undefined {
    if (isPlainUsername(username) || holdsWildcard(username)) return undefined;
    if (!this.rules.some(({ pieces }) => holdsUsername(pieces))) return undefined;
    return this.#divide(this.rules.map((rule) => ({ ...rule, pieces: putUsername(rule.pieces, username) })));
  }

  /** Notes what differs for odd names. */
  note(usernames: readonly string[]): void {
    const withUsername = this.rules.find(({ pieces }) => holdsUsername(pieces));
    const unsafe = usernames.filter(holdsWildcard);
    if (withUsername && unsafe.length > 0) {
      const names = listNames(unsafe);
      this.findings.note(withUsername.place, `\`%u\` stands for no user name with a wildcard here: ${names}`);
    }
    const withClientId = this.rules.find(({ pieces }) => holdsClientId(pieces));
    if (withClientId) this.findings.note(withClientId.place, ODD_CLIENT_IDS);
  }

  #divide(rules: readonly SourceRule[]): CommonRules {
    const carried = carryRules(rules, this.findings).flatMap((rule): readonly MigratedRule[] =>
      withDollarTopics(rule, this.roots),
    );
    return {
      denials: carried.filter(({ allow }) => !allow),
      rules: carried.filter(({ allow }) => allow),
    };
  }
}

const ODD_CLIENT_IDS =
  '`%c` stands for no client id with a slash or a wildcard here; mosquitto-go-auth puts in whatever it is';
