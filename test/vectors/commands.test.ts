/**
 * The recorded commands of Mosquitto 2.1.2: replies, kicks and the document that is left.
 */
import {
  asSaved,
  bytesOf,
  deviationOf,
  deviations,
  kickedBy,
  namesAmong,
  redacted,
  scenarios,
} from '../support/commands/command-vectors.js';
import { payloadOf } from '../support/commands/payload.js';
import { TestRealm } from '../support/commands/test-realm.js';

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
