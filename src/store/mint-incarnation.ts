import { randomBytes } from 'node:crypto';
import type { Incarnation } from '../dynsec/entities.js';

/** Random, so that it is unlike all others, of other processes and of files that come back as well. */
export function mintIncarnation(): Incarnation {
  return randomBytes(8).toString('hex');
}
