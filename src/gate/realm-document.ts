import type { ConfigurationChanges } from '../dynsec/document/compare-configurations.js';
import { compareConfigurations } from '../dynsec/document/compare-configurations.js';
import type { JsonObject } from '../dynsec/document/members.js';
import { isJsonObject } from '../dynsec/document/members.js';
import { mergeDocuments } from '../dynsec/document/merge-documents.js';
import type { ParsedConfiguration } from '../dynsec/document/parse-configuration.js';
import { parseConfiguration } from '../dynsec/document/parse-configuration.js';
import type { DocumentObject } from '../dynsec/document/to-document.js';
import { toDocument } from '../dynsec/document/to-document.js';
import { decide } from '../dynsec/decide.js';
import type { Client, Configuration } from '../dynsec/entities.js';
import type { Policy } from '../dynsec/policy.js';
import { compilePolicy } from '../dynsec/policy.js';
import { COMMAND_TOPIC } from './administer.js';
import { NoAdministratorError } from './errors.js';
import type { ChangeOrigin, RealmStore } from './ports.js';

/** A configuration that is to take the place of the realm. */
export interface DocumentReplacement {
  readonly configuration: Configuration;
  readonly origin: ChangeOrigin;
  /** The revision that is meant to be replaced; undefined: any. */
  readonly expected?: string | undefined;
  /** Also where nobody could administer the realm then. */
  readonly isForced: boolean;
}

/** How a document meets the realm: in its place, or on top of it. */
export type DocumentMode = 'replace' | 'merge';

/** A document that is to be written. */
export interface ExportedRealm {
  readonly document: DocumentObject;
  readonly revision: string;
}

/** The realm as one document. */
export interface RealmDocument {
  /** The realm as a dynamic-security.json, and its revision. Password material only where it is asked for. */
  export(options: { readonly withHashes: boolean }): ExportedRealm;
  /**
   * Reads a document, parsed from JSON, that is to take the place of the realm, or in mode `merge` to be put on top of
   * it. Total.
   */
  parse(document: unknown, mode: DocumentMode): ParsedConfiguration;
  /** What a configuration would change. */
  compare(configuration: Configuration): ConfigurationChanges;
  /**
   * Puts a configuration in the place of the realm, whole. Resolves with the new revision when it is in force.
   * @throws NoAdministratorError where it leaves nobody who may administer, unless forced.
   * @throws RevisionConflictError, StoreError: as the store.
   */
  replace(replacement: DocumentReplacement): Promise<string>;
}

/** Makes the use case. */
export function createRealmDocument(store: RealmStore): RealmDocument {
  return {
    export: ({ withHashes }) => {
      const { configuration, revision } = store.whole();
      return { document: toDocument(withHashes ? configuration : withoutPasswords(configuration)), revision };
    },
    parse: (document, mode) =>
      mode === 'merge' && isJsonObject(document)
        ? parseMerged(store.whole().configuration, document)
        : parseConfiguration(document),
    compare: (configuration) => compareConfigurations(store.whole().configuration, configuration),
    replace: async ({ configuration, origin, expected, isForced }) => {
      const { options } = store.snapshot().policy;
      if (!isForced && !hasAdministrator(configuration, compilePolicy(configuration, options))) {
        throw new NoAdministratorError();
      }
      const { revision } = await store.replace(origin, configuration, expected);
      return revision;
    },
  };
}

function parseMerged(existing: Configuration, incoming: JsonObject): ParsedConfiguration {
  const { document, locate } = mergeDocuments(toDocument(existing), incoming);
  const { configuration, findings } = parseConfiguration(document);
  return { configuration, findings: findings.map(locate) };
}

function withoutPasswords(configuration: Configuration): Configuration {
  const clients = [...configuration.clients].map(([username, { password, ...client }]) => {
    return [username, client] as const;
  });
  return { ...configuration, clients: new Map(clients) };
}

function hasAdministrator({ clients }: Configuration, policy: Policy): boolean {
  for (const client of clients.values()) if (isAdministrator(client, policy)) return true;
  return false;
}

/** Whether a client could log in over HTTP, where it shows no client id, and administer. */
function isAdministrator(client: Client, policy: Policy): boolean {
  if (client.password === undefined) return false;
  const request = { access: 'publishClientSend', topic: COMMAND_TOPIC, clientid: null } as const;
  return decide(policy, { kind: 'client', client }, request).allowed;
}
