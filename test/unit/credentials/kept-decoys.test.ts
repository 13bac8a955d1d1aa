import type { Client, StoredPassword } from '../../../src/dynsec/entities.js';
import type { Decoys } from '../../../src/credentials/decoys.js';
import { KeptDecoys } from '../../../src/credentials/kept-decoys.js';

const OLD: StoredPassword = { encoded: '$7$101$c2FsdA==$aGFzaA==' };
const NEW: StoredPassword = { encoded: '$7$5000$c2FsdA==$aGFzaA==' };
const DOCUMENT = { commands: ['document'] };
const COMMAND = { commands: ['createClient'] };
/** Longer than any test. */
const NEVER_MS = 1_000_000;

const opened: KeptDecoys[] = [];

afterEach(() => {
  jest.useRealTimers();
  for (const decoy of opened.splice(0)) decoy.close();
});

/** A decoy of clients with these passwords, and the iterations of all that were made. */
function follow(
  pauseMs: number,
  passwords: (StoredPassword | undefined)[],
): { decoy: KeptDecoys; made: string[] } {
  const made: string[] = [];
  const decoy = new KeptDecoys({
    recipe: { form: 'pbkdf2-sha512', cost: 1_000 },
    key: 'any',
    setDecoys: (decoys) => made.push(iterationsOf(decoys)),
    pauseMs,
  });
  opened.push(decoy);
  decoy.follow(() => passwords.map((password, i) => clientOf(`client${i}`, password)));
  return { decoy, made };
}

/** Of the hash that stands for some names, or `mixed`. */
function iterationsOf(decoys: Decoys): string {
  const all = new Set(
    Array.from({ length: 100 }, (_, i) => {
      const { stored } = decoys.of(`nobody-${i}`);
      return ('encoded' in stored && stored.encoded.split('$')[2]) || '';
    }),
  );
  return all.size === 1 ? [...all].join() : 'mixed';
}

function clientOf(username: string, password: StoredPassword | undefined): Client {
  return { username, roles: [], groups: [], ...(password ? { password } : {}) } as unknown as Client;
}

describe('kept decoys', () => {
  it('are as the passwords that are stored, whoever has none', () => {
    expect(follow(NEVER_MS, [undefined, OLD, undefined, undefined]).made).toEqual(['101']);
    expect(follow(NEVER_MS, [undefined]).made).toEqual(['1000']);
  });

  it('follows a document at once', () => {
    const passwords = [OLD, OLD, OLD];
    const { decoy, made } = follow(NEVER_MS, passwords);
    passwords.splice(0, 3, NEW);
    decoy.changed(DOCUMENT);
    expect(made).toEqual(['101', '5000']);
  });

  it('follows what changes little by little, many changes at a time', () => {
    jest.useFakeTimers();
    const passwords = [OLD, OLD, OLD];
    const { decoy, made } = follow(1_000, passwords);
    for (let i = 0; i < 3; i++) {
      passwords[i] = NEW;
      decoy.changed(COMMAND);
    }
    expect(made).toEqual(['101']);
    jest.advanceTimersByTime(1_000);
    expect(made).toEqual(['101', '5000']);
    passwords.push(OLD);
    decoy.changed(COMMAND);
    jest.advanceTimersByTime(1_000);
    expect(made).toEqual(['101', '5000', 'mixed']);
  });

  it('looks no more once it is closed', () => {
    jest.useFakeTimers();
    const { decoy, made } = follow(1_000, [OLD]);
    decoy.changed(COMMAND);
    decoy.close();
    jest.advanceTimersByTime(5_000);
    expect(made).toEqual(['101']);
  });
});
