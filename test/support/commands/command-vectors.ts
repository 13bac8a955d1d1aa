/**
 * The recorded commands of Mosquitto 2.1.2 (`test/vectors/commands-2.1.json`), with the answers that Gatehouse gives
 * on purpose otherwise (`test/vectors/command-deviations.json`, by full content).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import { toDocument } from '../../../src/dynsec/document/to-document.js';

/** One step of a scenario. */
export type Request =
  | { readonly commands: unknown }
  | { readonly raw: string }
  | { readonly raw_latin1: string }
  | { readonly _restart: true };

/** Commands on a realm, and what Mosquitto made of them. */
export interface Scenario {
  readonly name: string;
  readonly initial_config: object;
  readonly commands: readonly Request[];
  readonly responses: readonly object[];
  readonly observers?: readonly (string | null)[];
  readonly kicked?: readonly (readonly { readonly username: string | null }[])[];
  readonly final_config?: Readonly<Record<string, unknown>>;
}

/** A step that we answer otherwise. */
export interface Deviation {
  readonly reason: string;
  readonly scenario: string;
  readonly request: object;
  readonly recorded: object;
  readonly ours: object;
}

/** Every scenario. */
export const scenarios = readVectors('commands-2.1.json') as readonly Scenario[];

/** Every deviation. */
export const deviations = readVectors('command-deviations.json') as readonly Deviation[];

/** What we answer otherwise in a step; undefined where we do not. */
export function deviationOf({ name, commands, responses }: Scenario, i: number): Deviation | undefined {
  return deviations.find(
    ({ scenario, request, recorded }) =>
      scenario === name &&
      isDeepStrictEqual(request, commands[i]) &&
      isDeepStrictEqual(recorded, responses[i]),
  );
}

/** The bytes of a request. */
export function bytesOf(request: Exclude<Request, { _restart: true }>): Uint8Array {
  if ('raw' in request) return Buffer.from(request.raw);
  if ('raw_latin1' in request) return Buffer.from(request.raw_latin1, 'latin1');
  return Buffer.from(JSON.stringify(request));
}

/** Who was connected and is disconnected; without observers nobody looked. */
export function namesAmong(
  kicked: readonly (string | null)[],
  observers: readonly (string | null)[] | undefined,
): readonly (string | null)[] {
  return kicked.filter((whom) => observers?.includes(whom));
}

/** Who was seen to be disconnected by a step. */
export function kickedBy({ kicked }: Scenario, i: number): readonly (string | null)[] {
  return (kicked?.[i] ?? []).map(({ username }) => username);
}

/** Mosquitto does not write a file in which nothing has changed: then it is still in the order of whoever wrote it. */
export function asSaved(recorded: Readonly<Record<string, unknown>>): object {
  if ('changeIndex' in recorded) return recorded;
  const { configuration } = parseConfiguration(recorded);
  return configuration ? toDocument(configuration) : recorded;
}

const PASSWORD_MEMBERS = new Set(['encoded_password', 'password', 'salt', 'iterations']);

/** Passwords are not recorded, only that there is one. */
export function redacted(document: object): unknown {
  const { clients, ...others } = JSON.parse(JSON.stringify(document)) as { clients: object[] };
  return {
    ...others,
    clients: clients.map((client) => ({
      ...Object.fromEntries(Object.entries(client).filter(([name]) => !PASSWORD_MEMBERS.has(name))),
      hasPassword: Object.keys(client).some((name) => PASSWORD_MEMBERS.has(name)),
    })),
  };
}

function readVectors(file: string): unknown {
  return JSON.parse(readFileSync(join('test/vectors', file), 'utf8'));
}
