import { z } from 'zod';
import { ACCESSES, ACL_TYPES } from '../dynsec/entities.js';
import { ALLOW_REASONS, DENY_REASONS } from '../dynsec/verify/expectation.js';
import type { AclCheck } from '../gate/authorize.js';
import type { Explanation } from '../gate/explain.js';
import type { Service } from './api-client.js';
import { callService, jsonOf, refusal, shownUrl } from './api-client.js';
import { CommandError } from './command-error.js';

/**
 * Asks a running service for an explanation.
 * @throws CommandError where there is no answer, or none that is an explanation.
 */
export async function explainRemotely(service: Service, check: AclCheck): Promise<Explanation> {
  const body = Buffer.from(JSON.stringify(check));
  const reply = await callService(service, { method: 'POST', path: 'v1/explain', body });
  if (reply.status !== 200) throw refusal(service, reply);
  const explanation = explanationSchema.safeParse(jsonOf(service, reply));
  if (explanation.success) return explanation.data;
  throw new CommandError('undecided', `${shownUrl(service)} answers with something that is no explanation`);
}

const acl = z.object({
  acltype: z.enum(ACL_TYPES),
  topic: z.string(),
  priority: z.number(),
  allow: z.boolean(),
  substituted: z.string(),
});

const role = z.object({
  path: z.enum(['client', 'group', 'anonymousGroup']),
  rolename: z.string(),
  priority: z.number(),
  groupname: z.string().nullable(),
});

const tracedRole = role.extend({
  topic: z.string(),
  outcome: z.enum(['allow', 'deny', 'nothing']),
  why: z.string(),
  rules: z.array(acl.extend({ outcome: z.enum(['decided', 'passed']), why: z.string() })),
  omittedRules: z.number(),
});

const explanationSchema = z.object({
  allowed: z.boolean(),
  reason: z.enum([...ALLOW_REASONS, ...DENY_REASONS]),
  role: role.exactOptional(),
  acl: acl.exactOptional(),
  request: z.object({
    username: z.string().nullable(),
    clientid: z.string().nullable(),
    topic: z.string(),
    access: z.enum(ACCESSES),
  }),
  revision: z.string(),
  defaultACLAccess: z.record(z.enum(ACCESSES), z.boolean()),
  trace: z.array(tracedRole),
});
