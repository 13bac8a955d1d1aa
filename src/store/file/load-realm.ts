import type { Finding } from '../../dynsec/document/finding.js';
import type { Configuration } from '../../dynsec/entities.js';
import { LOADED } from '../../dynsec/entities.js';
import type { Change } from '../../gate/ports.js';
import { nextRevision } from '../revision.js';
import { stampIncarnations } from '../stamp-incarnations.js';
import { DocumentError } from './errors.js';
import { fileStamp } from './file-stamp.js';
import type { Containment, JournalLine } from './journal-format.js';
import type { ReadConfiguration } from './read-configuration.js';
import { readConfiguration } from './read-configuration.js';
import type { FoundJournal, ReadJournal } from './read-journal.js';
import { readJournal } from './read-journal.js';
import { incarnationsAfter, replay } from './replay.js';

/** A realm as it stands in a document and its journal. */
export interface LoadedRealm {
  readonly configuration: Configuration;
  readonly revision: string;
  /** The newest changes that have led to it. */
  readonly changes: readonly Change[];
  /** The document, and what of the journal is in it. */
  readonly contained: Containment;
  /** How many lines of the journal are not in the document. */
  readonly unfolded: number;
  /** What is to be added to the journal: that the document was edited while nobody looked. */
  readonly unwritten: readonly JournalLine[];
  readonly found: FoundJournal | undefined;
  readonly warnings: readonly Finding[];
  /** Of the document; undefined where it was changed while it was read. */
  readonly stamp: string | undefined;
}

/** How often a journal may change while it is read. */
const MAX_ATTEMPTS = 5;

/**
 * Reads a document and the journal beside it.
 * @param limit bytes of the journal behind this one do not count.
 * @throws DocumentError where one of them cannot be read or taken.
 */
export async function loadRealm(path: string, journalPath: string, limit?: number): Promise<LoadedRealm> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const journalStamp = await fileStamp(journalPath);
    const found = await readJournal(journalPath, limit);
    const stamp = await fileStamp(path);
    const document = await readConfiguration(path);
    // A process that folds changes the journal before it changes the document.
    if (journalStamp !== (await fileStamp(journalPath))) continue;
    const isStill = stamp === (await fileStamp(path));
    return { ...put(document, found), stamp: isStill ? stamp : undefined };
  }
  throw new DocumentError(journalPath, 'is being changed by another process');
}

function put(document: ReadConfiguration, found: FoundJournal | undefined): Omit<LoadedRealm, 'stamp'> {
  const { configuration, revision, warnings, sha256 } = document;
  const journal = found?.journal;
  if (!journal) {
    const contained = { document: sha256, revision };
    return { configuration, revision, changes: [], contained, unfolded: 0, unwritten: [], found, warnings };
  }
  const { contained, isKnown } = placeOf(sha256, journal);
  const { lines, header } = journal;
  const start = lines.findLastIndex(({ change }) => change?.revision === contained.revision) + 1;
  const stamped = stampIncarnations(
    configuration,
    incarnationsAfter(header, lines.slice(0, start)),
    () => LOADED,
  );
  const changes = lines.flatMap(({ change }) => change ?? []);
  const unseen = isKnown
    ? []
    : [unseenEdit(changes.at(-1)?.revision ?? header.contained.revision, contained)];
  const all = [...changes, ...unseen.map(({ change }) => change)];
  return {
    configuration: replay(stamped, lines.slice(start)),
    revision: all.at(-1)?.revision ?? header.contained.revision,
    changes: all,
    contained,
    unfolded: lines.slice(start).filter(({ writes }) => writes).length,
    unwritten: unseen,
    found,
    warnings,
  };
}

interface Place {
  readonly contained: Containment;
  /** Whether the journal tells how the document came to be as it is. */
  readonly isKnown: boolean;
}

/**
 * Finds out what of a journal is in a document. One that the journal does not know was edited while nobody looked,
 * and may be made of the oldest that the journal knows.
 */
function placeOf(document: string, { header, lines }: ReadJournal): Place {
  let isNewest = true;
  for (const { contained, change } of lines.toReversed()) {
    if (contained?.document === document) return { contained, isKnown: isNewest };
    // A document that was about to be put in place may never have been; one that was edited was there.
    if (contained && change) isNewest = false;
  }
  if (header.contained.document === document) return { contained: header.contained, isKnown: isNewest };
  return { contained: { document, revision: header.contained.revision }, isKnown: false };
}

/** What an edit has touched cannot be told when nobody has seen what was there before: it names nothing. */
function unseenEdit(previous: string, contained: Containment): JournalLine & { readonly change: Change } {
  const change: Change = {
    via: 'file',
    by: 'file',
    from: '',
    revision: nextRevision(previous),
    previous,
    at: new Date().toISOString(),
    commands: ['document'],
    touched: { clients: [], groups: [], roles: [], settings: true },
  };
  return { change, contained };
}
