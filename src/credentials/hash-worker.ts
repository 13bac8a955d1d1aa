/*
 * The entry of a hash thread: started by `hash-threads.ts`, never imported.
 */
import { setPriority } from 'node:os';

import { comparePassword } from './compare-password.js';
import { hashPassword } from './hash-password.js';
import type { HashTask } from './hash-task.js';

/** Below everything that answers checks. */
const NICENESS = 10;

lowerPriority();

/**
 * Computes one task: a boolean for `compare`, the encoded hash for `hash`.
 * @throws Error that says which scheme failed and how. SECURITY: a library's own message may quote what it was given,
 * so that its code alone goes on.
 */
export function computeHashTask(task: HashTask): boolean | string {
  try {
    if (task.kind === 'compare') return comparePassword(task.hash, task.password);
    return hashPassword(task.password, task.recipe);
  } catch (error) {
    // eslint-disable-next-line preserve-caught-error -- it may quote the password
    throw new Error(`${schemeOf(task)} could not be computed: \`${codeOf(error)}\``);
  }
}

function schemeOf(task: HashTask): string {
  return task.kind === 'compare' ? task.hash.scheme : task.recipe.form;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** On Linux alone a thread has a priority of its own; elsewhere this would slow the whole process down. */
function lowerPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, NICENESS);
  } catch {
    // Not permitted here: the hashes are as right, the checks beside them somewhat slower.
  }
}
