import { z } from 'zod';
import { ALLOW_REASONS, DENY_REASONS } from '../../dynsec/verify/expectation.js';
import { ACCESS_WORD_LIST } from '../access-words.js';

/** What a message says of a value that is not what it should be; the value itself stands before it. */
const oneOf = (words: readonly string[]) => `is not one of ${words.join(', ')}`;

const text = z.string({ error: 'is not text: put it in quotes' });

/** A value, or a list of them. */
function oneOrMore<Value extends z.ZodType>(value: Value) {
  return z.preprocess(
    (given): readonly unknown[] => (Array.isArray(given) ? given : [given]),
    z.array(value).min(1, { error: 'is an empty list' }),
  );
}

const caseSchema = z
  .strictObject({
    name: text.optional(),
    who: oneOrMore(text),
    clientid: text.optional(),
    what: oneOrMore(z.enum(ACCESS_WORD_LIST, { error: oneOf(ACCESS_WORD_LIST) })),
    topic: oneOrMore(text),
    expect: z.enum(['allow', 'deny'], { error: oneOf(['allow', 'deny']) }),
    role: text.optional(),
    rule: text.optional(),
    reason: z
      .enum([...ALLOW_REASONS, ...DENY_REASONS], { error: oneOf([...ALLOW_REASONS, ...DENY_REASONS]) })
      .optional(),
  })
  .superRefine(({ expect, reason }, context) => {
    if (reason === undefined) return;
    const reasons: readonly (typeof reason)[] = expect === 'allow' ? ALLOW_REASONS : DENY_REASONS;
    if (!reasons.includes(reason)) {
      context.addIssue({ code: 'custom', path: ['reason'], message: `is no reason to ${expect} something` });
    }
  });

const settingsSchema = z.strictObject({
  'allow-anonymous': z.boolean({ error: oneOf(['true', 'false']) }).default(false),
  'shared-subscriptions': z
    .enum(['dynsec', 'filter'], { error: oneOf(['dynsec', 'filter']) })
    .default('dynsec'),
});

/** What a file of cases holds. */
export const casesSchema = z.strictObject(
  {
    settings: settingsSchema.prefault({}),
    cases: z.array(caseSchema, { error: 'is not a list of cases' }).min(1, { error: 'has no cases' }),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'is not a mapping with `cases`' : undefined) },
);

/** The fields of a part of the document, for who has misspelt one. */
export function fieldsOf(part: 'document' | 'settings' | 'case'): readonly string[] {
  return Object.keys({ document: casesSchema, settings: settingsSchema, case: caseSchema }[part].shape);
}

/** What it says, when it has been read. */
export type CasesDocument = z.output<typeof casesSchema>;

/** One case of it. */
export type CaseDocument = CasesDocument['cases'][number];
