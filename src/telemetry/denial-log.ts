import { escapeControls } from '../dynsec/escape-controls.js';
import { substituteTemplate } from '../dynsec/topic-template.js';
import type { CheckEvent } from '../gate/ports.js';
import type { Logger } from './log.js';
import { shorten } from './shorten.js';

/** How many lines a user name gets in one window; what comes beyond is counted. */
const LINES_PER_WINDOW = 5;
const WINDOW_MS = 10_000;
/** How many user names are told apart in one window: what is kept stays bounded, whoever asks. */
const MAX_USERNAMES = 10_000;

/** Writes a line for each check that was not allowed, so that nobody has to guess, and not so many that nobody reads them. */
export class DenialLog {
  #windowEnds = 0;
  #lines = new Map<string, number>();
  #suppressed = 0;

  constructor(
    private readonly log: Logger,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes note of a check that was not allowed. */
  note(event: CheckEvent): void {
    if (this.now() >= this.#windowEnds) this.#startWindow();
    const username = shorten(event.subject?.username ?? '');
    const lines = this.#lines.get(username) ?? 0;
    const isKnown = lines > 0 || this.#lines.size < MAX_USERNAMES;
    if (!isKnown || lines >= LINES_PER_WINDOW) {
      this.#suppressed++;
      return;
    }
    this.#lines.set(username, lines + 1);
    if (event.outcome === 'deny') this.log.info(lineOf(event), 'denied');
    else this.log.warn(lineOf(event), event.outcome);
  }

  #startWindow(): void {
    if (this.#suppressed > 0)
      this.log.info(
        { suppressed: this.#suppressed },
        'more checks that were not allowed, of the same user names',
      );
    this.#suppressed = 0;
    this.#lines = new Map();
    this.#windowEnds = this.now() + WINDOW_MS;
  }
}

function lineOf({
  check,
  broker,
  reason,
  subject,
  detail,
  decision,
}: CheckEvent): Readonly<Record<string, unknown>> {
  return {
    check,
    reason,
    ...(broker === '' ? {} : { broker }),
    ...escapeAll({ ...subject, ...(detail === undefined ? {} : { detail }) }),
    ...(decision?.source ? describeSource(decision.source) : {}),
  };
}

function describeSource({
  role,
  rule,
  identity,
}: NonNullable<NonNullable<CheckEvent['decision']>['source']>): Readonly<Record<string, string>> {
  return escapeAll({
    role: role.rolename,
    ...(role.groupname === null ? {} : { group: role.groupname }),
    ...(rule ? { acl: rule.acl.topic, substituted: substituteTemplate(rule.template, identity) } : {}),
  });
}

function escapeAll(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, escapeControls(shorten(text))]),
  );
}
