/**
 * The engine of `src/dynsec`, as the vectors and the differential tests ask it.
 */
import { decide } from '../../src/dynsec/decide.js';
import type { Decision } from '../../src/dynsec/decision.js';
import { parseConfiguration } from '../../src/dynsec/document/parse-configuration.js';
import type { Configuration } from '../../src/dynsec/entities.js';
import type { Policy, PolicyOptions } from '../../src/dynsec/policy.js';
import { compilePolicy } from '../../src/dynsec/policy.js';
import { subjectOf } from '../../src/dynsec/subject.js';
import type { ReferenceDecision, ReferenceOptions, ReferenceRequest } from '../reference/decide.js';

/** The engine on one document: parsed and compiled once, asked many times. */
export function loadEngine(
  document: unknown,
  options: PolicyOptions,
): (request: ReferenceRequest) => Decision {
  const configuration = takeConfiguration(document);
  const policy = compilePolicy(configuration, options);
  return (request) => ask(configuration, policy, request);
}

/**
 * What the engine decides by a parsed dynamic-security.json; `rule` is the ACL that decided, as the reference
 * gives it. It is called many times with the same `config` object, which is compiled once for each options object.
 */
export function engineDecide(
  config: object,
  request: ReferenceRequest,
  options: ReferenceOptions,
): ReferenceDecision {
  let engines = compiled.get(config);
  if (!engines) compiled.set(config, (engines = new Map()));
  const key = JSON.stringify(options);
  let engine = engines.get(key);
  if (!engine) engines.set(key, (engine = loadEngine(config, options)));
  const { allowed, source } = engine(request);
  if (!source?.rule) return { allowed };
  const { role, rule } = source;
  const { acltype, topic } = rule.acl;
  const group = role.groupname === null ? {} : { groupname: role.groupname };
  return { allowed, rule: { rolename: role.rolename, ...group, acltype, topic } };
}

const compiled = new WeakMap<object, Map<string, ReturnType<typeof loadEngine>>>();

function takeConfiguration(document: unknown): Configuration {
  const { configuration, findings } = parseConfiguration(document);
  if (configuration) return configuration;
  throw new TypeError(`the document is not taken: ${JSON.stringify(findings)}`);
}

function ask(configuration: Configuration, policy: Policy, request: ReferenceRequest): Decision {
  const { username, clientid, access, topic } = request;
  const subject = subjectOf(username, (name) => configuration.clients.get(name));
  return decide(policy, subject, { access, topic, clientid });
}
