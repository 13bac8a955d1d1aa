import { escapeControls } from '../dynsec/escape-controls.js';
import { substituteTemplate } from '../dynsec/topic-template.js';
import type { CheckEvent } from '../gate/ports.js';
import { LineLimit } from './line-limit.js';
import type { Logger } from './log.js';
import { shorten } from './shorten.js';

/** Writes a line for each check that was not allowed, so that nobody has to guess, and not so many that nobody reads them. */
export class DenialLog {
  readonly #limit: LineLimit;

  constructor(
    private readonly log: Logger,
    now?: () => number,
  ) {
    const tell = (suppressed: number): void => {
      log.info({ suppressed }, 'more checks that were not allowed, of the same user names');
    };
    this.#limit = new LineLimit(tell, now);
  }

  /** Takes note of a check that was not allowed. */
  note(event: CheckEvent): void {
    if (!this.#limit.admit(shorten(event.subject?.username ?? ''))) return;
    if (event.outcome === 'deny') this.log.info(lineOf(event), 'denied');
    else this.log.warn(lineOf(event), event.outcome);
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
