import { CLIENTS } from './clients.js';
import { GENERAL } from './general.js';
import type { CommandSection } from './grammar.js';
import { GROUPS } from './groups.js';
import { ROLES } from './roles.js';

/** Every command of `gatehouse dynsec`, in the order in which people are told of them. */
export const SECTIONS: readonly CommandSection[] = [
  { title: 'General:', commands: GENERAL },
  { title: 'Clients:', commands: CLIENTS },
  { title: 'Groups:', commands: GROUPS },
  { title: 'Roles:', commands: ROLES },
];
