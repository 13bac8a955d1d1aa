import { escapeControls } from '../../dynsec/escape-controls.js';
import type { ToldChange } from '../changes.js';

const KINDS = ['clients', 'groups', 'roles'] as const;
/** How many names of one kind are written out. */
const MAX_NAMES = 5;

/** A change for people: a line with when, the revision, who, what, and what it touched. */
export function changeText({ at, via, by, from, revision, commands, touched }: ToldChange): string {
  // A client may be called `token`, too.
  const name = via === 'login' ? by : `[${via}]`;
  const who = from === '' ? name : `${name} (${from})`;
  const names = KINDS.flatMap((kind) => (touched[kind].length > 0 ? `${kind} ${listed(touched[kind])}` : []));
  const what = [...names, ...(touched.settings ? ['settings'] : [])].join('; ');
  const text = [at, revision, who, [...new Set(commands)].join(', ') || '-', what].join('  ');
  return `${escapeControls(text.trimEnd())}\n`;
}

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
