import { z } from 'zod';

const finding = z.object({
  severity: z.enum(['error', 'warning']),
  pointer: z.string(),
  message: z.string(),
  value: z.unknown().exactOptional(),
});

const changes = z.object({
  created: z.array(z.string()),
  changed: z.array(z.string()),
  deleted: z.array(z.string()),
});

/** What a document would change. */
export const trialSchema = z.object({
  findings: z.array(finding).default([]),
  changes: z.object({ clients: changes, groups: changes, roles: changes, settings: z.boolean() }),
  /** The clients whose checks may be answered otherwise. */
  touched: z.array(z.string()),
});

/** That a document is in place. */
export const importedSchema = z.object({
  revision: z.string(),
  findings: z.array(finding).default([]),
  counts: z.object({ clients: z.number(), groups: z.number(), roles: z.number() }),
});

/** Why a document is not taken. */
export const refusedSchema = z.object({ error: z.string(), findings: z.array(finding).default([]) });

export type Trial = z.output<typeof trialSchema>;
export type Imported = z.output<typeof importedSchema>;
export type Refused = z.output<typeof refusedSchema>;
