import type { Finding } from '../document/finding.js';
import { Members } from '../document/members.js';
import { parseClient } from '../document/parse-client.js';
import { Interner } from '../document/parse-references.js';
import type { Client } from '../entities.js';
import type { CommandMembers } from './command-members.js';
import { refuse } from './command-refusal.js';
import { isUnicodeText } from './unicode-text.js';
import type { Loose } from './without-undefined.js';

const EXTENSIONS = ['clientids', 'attributes', 'superuser'] as const;

/** The fields of a client that dynsec does not have. */
export type ClientExtensions = Pick<Client, (typeof EXTENSIONS)[number]>;

/** Those that a command gives; undefined: none from now on. */
export type GivenExtensions = Partial<Loose<ClientExtensions>>;

/** The extensions of a client to be. @throws CommandRefusal where one is not what it should be, null included. */
export function readExtensions(members: CommandMembers): GivenExtensions {
  for (const name of EXTENSIONS) if (members.get(name) === null) refuseExtension(name);
  return readChangedExtensions(members);
}

/**
 * The extensions that change: null takes one away, what a command does not mention stays. They are read by the
 * code that reads documents, so that a command says nothing that a document could not.
 * @throws CommandRefusal where one is not what it should be.
 */
export function readChangedExtensions(members: CommandMembers): GivenExtensions {
  const given = EXTENSIONS.filter((name) => members.get(name) !== undefined);
  if (given.length === 0) return {};
  const parsed = parseExtensions(members);
  const changed: GivenExtensions = {
    clientids: parsed.clientids,
    attributes: parsed.attributes?.size === 0 ? undefined : parsed.attributes,
    superuser: parsed.superuser,
  };
  // A list of pairs of names and values keeps an undefined that was given apart from what was not given.
  return Object.fromEntries(given.map((name) => [name, changed[name]]));
}

function parseExtensions(members: CommandMembers): ClientExtensions {
  const values = EXTENSIONS.map((name) => [name, members.get(name) ?? undefined] as const);
  const findings: Finding[] = [];
  const source = new Members(Object.fromEntries(values), '', findings);
  const client = parseClient(source, '', new Map(), new Interner());
  const error = findings.find(({ severity }) => severity === 'error');
  if (error) refuseExtension(error.pointer.slice(1));
  if (client.clientids?.some((pattern) => !isUnicodeText(pattern))) refuseExtension('clientids');
  if ([...(client.attributes?.values() ?? [])].some((value) => !isUnicodeText(value)))
    refuseExtension('attributes');
  return client;
}

function refuseExtension(name: string): never {
  return refuse(`Invalid/missing ${name}`);
}
