/**
 * What the engine decides by a configuration, asked as the service asks it.
 */
import { decide } from '../../src/dynsec/decide.js';
import { parseConfiguration } from '../../src/dynsec/document/parse-configuration.js';
import type { Access, Configuration } from '../../src/dynsec/entities.js';
import { compilePolicy } from '../../src/dynsec/policy.js';
import { subjectOf } from '../../src/dynsec/subject.js';

/** Who asks for what. Null: a client without a user name. */
export interface Question {
  readonly username: string | null;
  readonly clientid: string;
  readonly access: Access;
  readonly topic: string;
}

/** Whether the configuration allows it. */
export type Decider = (question: Question) => boolean;

/** A decider by a configuration, clients without a user name being served. */
export function decideBy(configuration: Configuration): Decider {
  const policy = compilePolicy(configuration, { sharedSubscriptions: 'dynsec', allowAnonymous: true });
  return ({ username, clientid, access, topic }) => {
    const subject = subjectOf(username, (name) => configuration.clients.get(name));
    return decide(policy, subject, { access, topic, clientid }).allowed;
  };
}

/** A decider by the text of a document, which has to be one without a flaw. */
export function decideByDocument(text: string): Decider {
  const { configuration, findings } = parseConfiguration(JSON.parse(text));
  if (!configuration || findings.length > 0)
    throw new Error(`not a flawless document: ${JSON.stringify(findings)}`);
  return decideBy(configuration);
}
