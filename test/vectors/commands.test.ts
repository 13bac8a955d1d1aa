/**
 * The recorded commands of Mosquitto 2.1.2 (`commands-2.1.json`): replies, kicks and the document that is left.
 * What we answer otherwise on purpose is listed by its full content in `command-deviations.json`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseConfiguration } from '../../src/dynsec/document/parse-configuration.js';
import { toDocument } from '../../src/dynsec/document/to-document.js';
import { payloadOf } from '../support/commands/payload.js';
import { TestRealm } from '../support/commands/test-realm.js';

type Request =
  | { readonly commands: unknown }
  | { readonly raw: string }
  | { readonly raw_latin1: string }
  | { readonly _restart: true };

interface Scenario {
  readonly name: string;
  readonly initial_config: object;
  readonly commands: readonly Request[];
  readonly responses: readonly object[];
  readonly observers?: readonly (string | null)[];
  readonly kicked?: readonly (readonly { readonly username: string | null }[])[];
  readonly final_config?: Readonly<Record<string, unknown>>;
}

/** A step that we answer otherwise. */
interface Deviation {
  readonly reason: string;
  readonly scenario: string;
  readonly request: object;
  readonly recorded: object;
  readonly ours: object;
}

const scenarios = readVectors('commands-2.1.json') as readonly Scenario[];
const deviations = readVectors('command-deviations.json') as readonly Deviation[];

describe('the recorded scenarios of commands', () => {
  it('are all there', () => {
    expect(scenarios).toHaveLength(75);
    expect(scenarios.flatMap(({ commands }) => commands)).toHaveLength(
      scenarios.flatMap(({ responses }) => responses).length,
    );
  });

  it('differ from ours only where each listed deviation says', () => {
    const used = scenarios.flatMap((scenario) =>
      scenario.commands.flatMap((_, i) => deviationOf(scenario, i) ?? []),
    );
    expect(new Set(used)).toEqual(new Set(deviations));
    expect(deviations).toHaveLength(6);
  });

  it.each(scenarios)('$name', (scenario) => {
    const realm = new TestRealm(scenario.initial_config);
    let saved = realm.document();
    let revision: string | undefined = '0';
    for (const [i, request] of scenario.commands.entries()) {
      if ('_restart' in request) {
        realm.restart();
        revision = '0';
        continue;
      }
      const { responses, kicked, commit } = realm.send(payloadOf(bytesOf(request)));
      const expected = deviationOf(scenario, i)?.ours ?? scenario.responses[i];
      expect({ request, reply: { responses } }).toEqual({ request, reply: expected });
      expect(namesAmong(kicked, scenario.observers)).toEqual(kickedBy(scenario, i));
      // Mosquitto writes its file after changes alone: what a restart makes of it is not in it.
      if (commit?.revision !== revision) saved = realm.document();
      revision = commit?.revision;
    }
    const { final_config: recorded } = scenario;
    if (recorded) expect(redacted(saved)).toEqual(redacted(asSaved(recorded)));
  });
});

function deviationOf({ name, commands, responses }: Scenario, i: number): Deviation | undefined {
  return deviations.find(
    ({ scenario, request, recorded }) =>
      scenario === name &&
      isDeepStrictEqual(request, commands[i]) &&
      isDeepStrictEqual(recorded, responses[i]),
  );
}

function bytesOf(request: Exclude<Request, { _restart: true }>): Uint8Array {
  if ('raw' in request) return Buffer.from(request.raw);
  if ('raw_latin1' in request) return Buffer.from(request.raw_latin1, 'latin1');
  return Buffer.from(JSON.stringify(request));
}

/** Who was connected and is disconnected; without observers nobody looked. */
function namesAmong(
  kicked: readonly (string | null)[],
  observers: readonly (string | null)[] | undefined,
): readonly (string | null)[] {
  return kicked.filter((whom) => observers?.includes(whom));
}

function kickedBy({ kicked }: Scenario, i: number): readonly (string | null)[] {
  return (kicked?.[i] ?? []).map(({ username }) => username);
}

/** Mosquitto does not write a file in which nothing has changed: then it is still in the order of whoever wrote it. */
function asSaved(recorded: Readonly<Record<string, unknown>>): object {
  if ('changeIndex' in recorded) return recorded;
  const { configuration } = parseConfiguration(recorded);
  return configuration ? toDocument(configuration) : recorded;
}

const PASSWORD_MEMBERS = new Set(['encoded_password', 'password', 'salt', 'iterations']);

/** Passwords are not recorded, only that there is one. */
function redacted(document: object): unknown {
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
  return JSON.parse(readFileSync(join(__dirname, file), 'utf8'));
}
