import * as fc from 'fast-check';
import { migrateMosquitto } from '../../src/migrate/mosquitto/migrate-mosquitto.js';
import type { Migration } from '../../src/migrate/migration.js';
import { writeDocument } from '../../src/migrate/migration.js';
import {
  expressibleAclFile,
  inexpressibleAclFile,
  SUBJECTS,
  topicsFor,
} from '../support/acl-file-arbitraries.js';
import type { AclFileObservation } from '../support/acl-file-session.js';
import { observeAclFile } from '../support/acl-file-session.js';
import { decideByDocument } from '../support/decide-by.js';
import { testSeed } from '../support/seed.js';

const SEED = testSeed();
const FILES = 24;
const TIMEOUT_MS = 120_000;
/** Subscribing is never a matter of the file: a few are enough. */
const FILTERS = ['#', 'a/+', '$d/#', '$share/g/b', 'never/read'];

interface Trial {
  readonly aclFile: string;
  readonly migration: Migration;
  readonly observations: readonly AclFileObservation[];
}

async function tryFiles(arbitrary: fc.Arbitrary<string>): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const aclFile of fc.sample(arbitrary, { seed: SEED, numRuns: FILES })) {
    const topics = topicsFor(aclFile);
    const observations = await observeAclFile({ aclFile, subjects: SUBJECTS, topics, filters: FILTERS });
    const everybody = SUBJECTS.flatMap(({ username }) => username ?? []);
    const passwordFile = { name: 'passwords', text: everybody.map((name) => `${name}:x\n`).join('') };
    const migration = migrateMosquitto({ passwordFile, aclFile: { name: 'acl', text: aclFile } });
    trials.push({ aclFile, migration, observations });
  }
  return trials;
}

/** The first questions to which the migrated configuration gives another answer, of the kind asked for. */
function differences(trials: readonly Trial[], kind: 'any' | 'wider'): object[] {
  const found = trials.flatMap(({ aclFile, migration, observations }) => {
    const decide = decideByDocument(writeDocument(migration.configuration));
    return observations
      .map((observation) => ({ ...observation, ours: decide(observation.question), aclFile }))
      .filter(({ allowed, ours }) => (kind === 'any' ? ours !== allowed : ours && !allowed));
  });
  return found.slice(0, 5);
}

/** What was lost of the lines; the hashes of these users are none on purpose. */
function lostLines({ migration }: Trial): readonly string[] {
  return migration.findings
    .filter(({ kind, place }) => kind === 'lost' && place.startsWith('acl:'))
    .map(({ place, message }) => `${place} ${message}`);
}

describe(`an ACL file as Mosquitto 2.0.11 decides by it (TEST_SEED=${String(SEED)})`, () => {
  let expressible: readonly Trial[];
  let inexpressible: readonly Trial[];
  beforeAll(async () => {
    expressible = await tryFiles(expressibleAclFile);
    inexpressible = await tryFiles(inexpressibleAclFile);
  }, TIMEOUT_MS);

  it('got many answers of both kinds from the broker', () => {
    const answers = expressible.flatMap(({ observations }) => observations);
    expect(answers.filter(({ allowed }) => allowed).length).toBeGreaterThan(2_000);
    expect(answers.filter(({ allowed }) => !allowed).length).toBeGreaterThan(2_000);
  });

  it('is carried over whole where roles can say what it says', () => {
    expect(expressible.flatMap(lostLines)).toEqual([]);
  });

  it('decides the same once it is carried over', () => {
    expect(differences(expressible, 'any')).toEqual([]);
  });

  it('has lines reported that roles cannot say', () => {
    expect(inexpressible.filter((trial) => lostLines(trial).length > 0).length).toBeGreaterThan(FILES / 2);
  });

  it('never allows more where lines could not be carried over', () => {
    expect(differences(inexpressible, 'wider')).toEqual([]);
  });
});
