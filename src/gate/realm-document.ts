import type { ConfigurationChanges } from '../dynsec/document/compare-configurations.js';
import { compareConfigurations } from '../dynsec/document/compare-configurations.js';
import type { Finding } from '../dynsec/document/finding.js';
import { isJsonObject } from '../dynsec/document/members.js';
import { mergeDocuments } from '../dynsec/document/merge-documents.js';
import type { ParsedConfiguration } from '../dynsec/document/parse-configuration.js';
import { parseConfiguration } from '../dynsec/document/parse-configuration.js';
import type { DocumentObject } from '../dynsec/document/to-document.js';
import { toDocument } from '../dynsec/document/to-document.js';
import type { Configuration } from '../dynsec/entities.js';
import { NoAdministratorError, RevisionConflictError, StoreError } from './errors.js';
import { hasAdministrator } from './has-administrator.js';
import type { ChangeOrigin, Committed, IsUsablePassword, RealmStore, WholeRealm } from './ports.js';

/** How a document meets the realm: in its place, or on top of it. */
export type DocumentMode = 'replace' | 'merge';

/** A document that is to change the realm. */
export interface DocumentUpload {
  /** Parsed from JSON. */
  readonly document: unknown;
  /** What was noticed when it was read. */
  readonly warnings: readonly Finding[];
  readonly mode: DocumentMode;
  /** The revisions that it may change; undefined: any. */
  readonly expected: ReadonlySet<string> | undefined;
  /** Also with warnings. */
  readonly takesWarnings: boolean;
  /** Also where nobody could administer the realm then. */
  readonly takesNoAdministrator: boolean;
}

/** A document that is not taken: the findings say why. */
export interface RefusedDocument {
  readonly isTaken: false;
  readonly findings: readonly Finding[];
}

/** A document that is taken, or that would be. */
export interface TakenDocument {
  readonly isTaken: true;
  readonly findings: readonly Finding[];
  /** The realm with it. */
  readonly configuration: Configuration;
  /** Of the state that holds it; in a preview, of the one that it is compared with. */
  readonly revision: string;
}

/** A document that is in force. */
export interface PutDocument extends TakenDocument {
  /** Whom it touches, as {@link Committed.kicked}. */
  readonly kicked: Committed<undefined>['kicked'];
}

/** What a document would change. */
export interface DocumentPreview extends TakenDocument {
  readonly changes: ConfigurationChanges;
}

/** A document that is to be written. */
export interface ExportedRealm {
  readonly document: DocumentObject;
  readonly revision: string;
}

/** The realm as one document. */
export interface RealmDocument {
  /** The realm as a dynamic-security.json, and its revision. Password material only where it is asked for. */
  export(options: { readonly withHashes: boolean }): Promise<ExportedRealm>;
  /** What would become of a document. @throws NoAdministratorError, RevisionConflictError as {@link RealmDocument.put}. */
  preview(upload: DocumentUpload): Promise<DocumentPreview | RefusedDocument>;
  /**
   * Takes a document, whole or not at all. Resolves when it is in force. What is merged is merged with the newest
   * state: nothing that others change meanwhile is lost.
   * @throws NoAdministratorError where it leaves nobody who may administer, unless that is taken.
   * @throws RevisionConflictError where the realm has another revision than those expected.
   * @throws StoreError as the store, and where the realm changes faster than it can be merged with.
   */
  put(upload: DocumentUpload, origin: ChangeOrigin): Promise<PutDocument | RefusedDocument>;
}

/** How often a document is merged anew because the realm has changed meanwhile. */
const MAX_MERGES = 10;

/** What the use case needs. */
export interface RealmDocumentParts {
  readonly store: RealmStore;
  readonly isUsablePassword: IsUsablePassword;
}

/** Makes the use case. */
export function createRealmDocument(parts: RealmDocumentParts): RealmDocument {
  const { store } = parts;
  // Those that are merged at the same time would be in each other's way.
  let lastMerge: Promise<unknown> = Promise.resolve();
  return {
    export: async ({ withHashes }) => {
      const { configuration, revision } = await store.whole();
      return { document: toDocument(withHashes ? configuration : withoutPasswords(configuration)), revision };
    },
    preview: async (upload) => {
      const whole = await store.whole();
      const judged = judge(parts, upload, whole);
      if (!judged.isTaken) return judged;
      return { ...judged, changes: compareConfigurations(whole.configuration, judged.configuration) };
    },
    put: (upload, origin) => {
      if (upload.mode === 'replace') return replace(parts, upload, origin);
      const merged = lastMerge.then(() => merge(parts, upload, origin));
      lastMerge = merged.catch(() => undefined);
      return merged;
    },
  };
}

async function replace(
  parts: RealmDocumentParts,
  upload: DocumentUpload,
  origin: ChangeOrigin,
): Promise<PutDocument | RefusedDocument> {
  // What takes the place of the realm is judged without reading all of it.
  const before = upload.mode === 'merge' ? await parts.store.whole() : parts.store.snapshot();
  const judged = judge(parts, upload, before);
  if (!judged.isTaken) return judged;
  const isBound = upload.mode === 'merge' || upload.expected !== undefined;
  const { revision, kicked } = await parts.store.replace(
    origin,
    judged.configuration,
    isBound ? judged.revision : undefined,
  );
  return { ...judged, revision, kicked };
}

async function merge(
  parts: RealmDocumentParts,
  upload: DocumentUpload,
  origin: ChangeOrigin,
): Promise<PutDocument | RefusedDocument> {
  for (let attempt = 1; attempt <= MAX_MERGES; attempt++) {
    try {
      return await replace(parts, upload, origin);
    } catch (error) {
      if (!(error instanceof RevisionConflictError) || upload.expected) throw error;
    }
  }
  throw new StoreError('the realm changes faster than the document can be merged; nothing is changed');
}

/** The state that a document meets: all of it, where it is merged with it. */
type Before = Partial<WholeRealm> & Pick<WholeRealm, 'revision'>;

/** A document as it stands against a state of the realm, whose revision comes with it. */
function judge(
  { store, isUsablePassword }: RealmDocumentParts,
  upload: DocumentUpload,
  before: Before,
): TakenDocument | RefusedDocument {
  const { policy } = store.snapshot();
  const { revision } = before;
  const { expected, takesWarnings, takesNoAdministrator } = upload;
  if (expected && !expected.has(revision))
    throw new RevisionConflictError([...expected].join(', '), revision);
  const parsed = parse(upload, before);
  const findings = [...upload.warnings, ...parsed.findings];
  const { configuration } = parsed;
  if (!configuration || (findings.length > 0 && !takesWarnings)) return { isTaken: false, findings };
  const { options } = policy;
  if (!takesNoAdministrator && !hasAdministrator({ configuration, options, isUsablePassword })) {
    throw new NoAdministratorError();
  }
  return { isTaken: true, findings, configuration, revision };
}

function parse({ document, mode }: DocumentUpload, { configuration: before }: Before): ParsedConfiguration {
  if (mode === 'replace' || !before || !isJsonObject(document)) return parseConfiguration(document);
  const merged = mergeDocuments(toDocument(before), document);
  const { configuration, findings } = parseConfiguration(merged.document);
  // What is there already is not what is judged: it has no place in the document that came.
  const ofIncoming = findings.flatMap((finding) => {
    const located = merged.locate(finding);
    return located.pointer === '' && finding.pointer !== '' ? [] : [located];
  });
  return { configuration, findings: ofIncoming };
}

function withoutPasswords(configuration: Configuration): Configuration {
  const clients = [...configuration.clients].map(([username, { password, ...client }]) => {
    return [username, client] as const;
  });
  return { ...configuration, clients: new Map(clients) };
}
