import { LOADED } from '../../dynsec/entities.js';
import type { Change } from '../../gate/ports.js';
import type { RealmState } from '../memory/realm-state.js';
import type { Containment, NamedIncarnations } from './journal-format.js';
import { encodeHeader, encodeJournalLine } from './journal-format.js';
import { encodeLine } from './journal-line.js';

/** With what a journal begins. */
export interface JournalHead {
  readonly contained: Containment;
  /** The state that the document contains. */
  readonly state: Pick<RealmState, 'groups' | 'roles'>;
  /** What has led to it, the oldest first. */
  readonly changes: readonly Change[];
}

/** The lines with which a journal begins: the header, and the changes that the document contains, without writes. */
export function* journalHead({ contained, state, changes }: JournalHead): Generator<string> {
  const incarnations = { groups: incarnationsIn(state.groups), roles: incarnationsIn(state.roles) };
  yield encodeLine(encodeHeader({ contained, incarnations }));
  for (const change of changes) yield encodeLine(encodeJournalLine({ change }));
}

function incarnationsIn(entities: ReadonlyMap<string, { readonly incarnation: string }>): NamedIncarnations {
  return [...entities].flatMap(([name, { incarnation }]) =>
    incarnation === LOADED ? [] : [[name, incarnation]],
  );
}
