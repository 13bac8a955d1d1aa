import * as fc from 'fast-check';
import {
  decideBy,
  type ReferenceDecision,
  type ReferenceOptions,
  type ReferenceRequest,
} from '../reference/decide.js';
import { readDocument } from '../reference/document.js';
import { observePolicies, type Session } from '../support/broker-observations.js';
import { engineDecide } from '../support/engine.js';
import { portablePolicy } from '../support/portable-policies.js';
import { testSeed } from '../support/seed.js';

type Decide = (request: ReferenceRequest) => ReferenceDecision;

const SEED = testSeed();
const POLICIES_PER_BROKER = 75;
const TIMEOUT_MS = 120_000;
const OPTIONS: ReferenceOptions = { allowAnonymous: true, sharedSubscriptions: 'dynsec' };
const DEFAULTS = [
  { send: false, receive: false },
  { send: true, receive: false },
  { send: false, receive: true },
  { send: true, receive: true },
];

describe(`publishing and receiving as Mosquitto 2.0.11 decides it (TEST_SEED=${String(SEED)})`, () => {
  const sessions: Session[] = [];

  beforeAll(async () => {
    const policies = fc.sample(portablePolicy, {
      seed: SEED,
      numRuns: DEFAULTS.length * POLICIES_PER_BROKER,
    });
    for (const [index, defaults] of DEFAULTS.entries()) {
      const mine = policies.slice(index * POLICIES_PER_BROKER, (index + 1) * POLICIES_PER_BROKER);
      sessions.push(await observePolicies(mine, defaults));
    }
  }, TIMEOUT_MS);

  it.each(['publishClientSend', 'publishClientReceive'])(
    'the broker gave many answers of both kinds to %s',
    (access) => {
      const answers = sessions
        .flatMap(({ observations }) => observations)
        .filter(({ request }) => request.access === access);
      const allowed = answers.filter((answer) => answer.allowed);
      expect(allowed.length).toBeGreaterThan(1000);
      expect(answers.length - allowed.length).toBeGreaterThan(1000);
    },
  );

  it('the reference answers as the broker did', () => {
    const reference = (config: object): Decide => {
      const document = readDocument(config);
      return (request) => decideBy(document, request, OPTIONS);
    };
    expect(disagreements(sessions, reference)).toEqual([]);
  });

  it('the engine answers as the broker did', () => {
    const engine =
      (config: object): Decide =>
      (request) =>
        engineDecide(config, request, OPTIONS);
    expect(disagreements(sessions, engine)).toEqual([]);
  });
});

/** The first requests to which the broker gave another answer. */
function disagreements(sessions: readonly Session[], deciderOf: (config: object) => Decide): object[] {
  const found = sessions.flatMap(({ config, observations }, index) => {
    const decide = deciderOf(config);
    return observations
      .map((observation) => ({
        defaults: DEFAULTS[index],
        ...observation,
        ours: decide(observation.request),
      }))
      .filter(({ allowed, ours }) => ours.allowed !== allowed);
  });
  return found.slice(0, 10);
}
