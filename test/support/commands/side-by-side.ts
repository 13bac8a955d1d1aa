/**
 * The same requests of dynsec commands to Debian's Mosquitto 2.0.11 with its plugin, and to ours.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decide } from '../../../src/dynsec/decide.js';
import { subjectOf } from '../../../src/dynsec/subject.js';
import { BrokerProbe } from '../broker-probe.js';
import { startDynsecBroker } from '../cli/mosquitto-ctrl.js';
import { ADMIN } from '../cli/served-realm.js';
import { DynsecSession } from '../dynsec-session.js';
import type { Mosquitto } from '../mosquitto.js';
import { asSaved, redacted } from './command-vectors.js';
import { EXCLUSIONS, type Members } from './mosquitto-2.0-exclusions.js';
import { payloadOf } from './payload.js';
import type { PortableCommand, PortableRequest } from './portable-commands.js';
import { PUBLISHED, textOf } from './portable-commands.js';
import { TestRealm } from './test-realm.js';

/** How often what was sent, or left out, and answered. */
export class Tally {
  readonly #counts = new Map<string, number>();

  count(what: string): void {
    this.#counts.set(what, this.of(what) + 1);
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }
}

const PASSWORD = 'known to the test';
/** How many clients publish in the end. */
const PUBLISHERS = 3;

const LISTINGS: readonly object[] = [
  ...['listClients', 'listGroups', 'listRoles'].map((command) => ({ command, verbose: true })),
  ...['getDefaultACLAccess', 'getAnonymousGroup'].map((command) => ({ command })),
];

/** A live broker and a realm, both on one document. */
export class SideBySide {
  readonly #realm: TestRealm;
  /** Is given the commands one by one, ahead of the requests in which they are sent. */
  readonly #scout: TestRealm;
  readonly #earlier: Members[] = [];

  private constructor(
    private readonly broker: Mosquitto,
    private readonly session: DynsecSession,
    document: object,
    private readonly tally: Tally,
  ) {
    this.#realm = new TestRealm(document);
    this.#scout = new TestRealm(document);
  }

  /** @param document a dynamic-security.json in which {@link ADMIN} may administer. */
  static async start(document: object, tally: Tally): Promise<SideBySide> {
    const broker = await startDynsecBroker(JSON.stringify(document));
    try {
      const session = await DynsecSession.open({ port: broker.port, ...ADMIN });
      return new SideBySide(broker, session, document, tally);
    } catch (error) {
      await broker.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.session.close();
    await this.broker.stop();
  }

  /** Sends a request to both but for what is excluded, and expects both to answer alike. */
  async send(request: PortableRequest): Promise<void> {
    const sent = typeof request === 'string' ? request : this.#scan(request);
    const text = textOf(sent);
    const { responses } = this.#realm.send(payloadOf(Buffer.from(text)));
    for (const { command, error } of responses)
      this.tally.count(`${command.toLowerCase()}: ${error ?? 'done'}`);
    const theirs = await this.session.send(text);
    expect({ text, reply: comparable(theirs) }).toEqual({ text, reply: comparable({ responses }) });
  }

  /** Expects both to be in the same state: by what they list, and by what they write down. */
  async compareStates(): Promise<void> {
    await this.send(LISTINGS.map(quiet));
    const saved = JSON.parse(
      await readFile(join(this.broker.dir, 'dynamic-security.json'), 'utf8'),
    ) as Members;
    expect(portable(redacted(asSaved(saved)))).toEqual(portable(redacted(this.#realm.document())));
    expect(redacted(this.#scout.document())).toEqual(redacted(this.#realm.document()));
  }

  /** Expects the broker to take those messages of some clients that we would let it take. */
  async compareDecisions(): Promise<void> {
    const usernames = [...this.#realm.realm.configuration().clients.keys()]
      .filter((username) => username !== ADMIN.username)
      .slice(0, PUBLISHERS);
    for (const username of usernames) await this.#letIn(username);
    const theirs = await Promise.all(usernames.map((username) => this.#publish(username)));
    for (const allowed of theirs.flat()) this.tally.count(allowed ? 'taken' : 'not taken');
    const ours = usernames.map((username) => PUBLISHED.map((topic) => this.#decide(username, topic)));
    expect({ usernames, taken: theirs }).toEqual({ usernames, taken: ours });
  }

  /** The commands that are sent; those behind the end of the batch as well, which nobody carries out. */
  #scan(commands: readonly PortableCommand[]): readonly PortableCommand[] {
    const sent: PortableCommand[] = [];
    let hasEnded = false;
    for (const one of commands) {
      const inRequest = sent.map(({ command }) => command as Members);
      if (this.#isExcluded(one.command as Members, inRequest)) continue;
      sent.push(one);
      if (hasEnded) continue;
      this.#earlier.push(one.command as Members);
      hasEnded = this.#scout.error(one.command) === 'Invalid correlationData data type.';
    }
    return sent;
  }

  #isExcluded(command: Members, inRequest: readonly Members[]): boolean {
    const circumstances = { realm: this.#scout, earlier: this.#earlier, inRequest };
    const exclusion = EXCLUSIONS.find(({ covers }) => covers(command, circumstances));
    if (exclusion) this.tally.count(exclusion.because);
    return exclusion !== undefined;
  }

  async #letIn(username: string): Promise<void> {
    const commands = [
      { command: 'setClientPassword', username, password: PASSWORD },
      { command: 'enableClient', username },
      { command: 'setClientId', username },
    ];
    await this.send(commands.map(quiet));
  }

  async #publish(username: string): Promise<readonly boolean[]> {
    const { port } = this.broker;
    const probe = await BrokerProbe.connect({ port, clientId: '', username, password: PASSWORD });
    try {
      return await Promise.all(PUBLISHED.map((topic) => probe.mayPublish(topic)));
    } finally {
      await probe.close();
    }
  }

  #decide(username: string, topic: string): boolean {
    const snapshot = this.#realm.realm.snapshot();
    const subject = subjectOf(username, (name) => snapshot.client(name));
    return decide(snapshot.policy, subject, { access: 'publishClientSend', topic, clientid: 'c' }).allowed;
  }
}

function quiet(command: object): PortableCommand {
  return { command, isLoud: false };
}

/**
 * A reply as text, so that the order of members counts, without what 2.0 does not have: `connections` of clients and
 * `allowwildcardsubs` of roles. 2.0 names commands as it spells them, and 2.1 mostly as the caller does.
 */
function comparable(reply: unknown): string {
  return JSON.stringify(reply, (name, value: unknown) => {
    if (name === 'connections' || name === 'allowwildcardsubs') return undefined;
    return name === 'command' && typeof value === 'string' ? value.toLowerCase() : value;
  });
}

/** A document without what 2.0 does not count. */
function portable(document: unknown): unknown {
  return { ...(document as Members), changeIndex: undefined };
}
