import { z } from 'zod';
import { ACL_TYPES } from '../dynsec/entities.js';
import { ALLOWANCES } from '../gate/templates/role-template.js';

const described = { description: z.string().min(1), default: z.string() };

const parameterSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.enum(['level', 'prefix', 'filter']),
    allows: z.array(z.enum(ALLOWANCES)).default([]),
    ...described,
  }),
  z.strictObject({ type: z.literal('attribute'), ...described }),
  z.strictObject({ type: z.literal('choice'), choices: z.array(z.string()).min(2), ...described }),
]);

const aclSchema = z.strictObject({
  acltype: z.enum(ACL_TYPES),
  topic: z.string().min(1),
  priority: z.int().default(0),
  allow: z.boolean(),
});

/** What a `template.yaml` holds. */
export const templateSchema = z.strictObject({
  title: z.string().min(1),
  description: z.string().min(1),
  parameters: z.record(z.string().regex(/^[a-z]+$/), parameterSchema),
  acls: z.array(aclSchema).min(1),
});
