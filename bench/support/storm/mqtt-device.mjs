import { connect } from 'node:net';

/** A first wait, doubled with each failure up to the longest, of which a device waits for any part from half on. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 4_000;
/** After this, who was not answered begins anew. */
const ANSWER_MS = 30_000;

const CONNACK = { type: 0x20, bytes: 4 };
const SUBACK = { type: 0x90, bytes: 5 };

/**
 * As much of an MQTT 3.1.1 client as it takes to be in: it connects with a clean session, subscribes, and begins anew
 * whenever its connection ends. Thousands of these fit into a process.
 */
export class MqttDevice {
  /** When it got its subscription on the connection that it has, in ms since 1970; absent: it is out. */
  backAt;
  /** How long that took from the beginning of the connection, in ms. */
  answerMs;
  #identity;
  #tally;
  #socket;
  #timer;
  #failures = 0;
  #startedAt = 0;
  #isOver = false;

  /** @param identity its port, user name, password, and client id; @param tally where its failures are counted. */
  constructor(identity, tally) {
    this.#identity = identity;
    this.#tally = tally;
    this.#connectLater();
  }

  /** From now on it is out until it gets its subscription anew. */
  forget() {
    this.backAt = undefined;
  }

  close() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #connectLater() {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#timer = setTimeout(() => this.#connect(), longest * (0.5 + Math.random() / 2));
  }

  #connect() {
    this.#startedAt = Date.now();
    const attempt = { received: Buffer.alloc(0), isIn: false, why: 'closed' };
    const socket = connect({ port: this.#identity.port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    socket.setTimeout(ANSWER_MS, () => this.#giveUp(attempt, 'unanswered'));
    socket.once('connect', () => socket.write(connectPacket(this.#identity)));
    socket.on('data', (bytes) => this.#read(attempt, bytes));
    socket.on('error', ({ code }) => {
      if (code === 'ECONNREFUSED') attempt.why = 'noBroker';
    });
    socket.once('close', () => this.#ended(attempt));
  }

  /** First its CONNACK, then its SUBACK; nobody publishes anything. */
  #read(attempt, bytes) {
    attempt.received = Buffer.concat([attempt.received, bytes]);
    const { length } = attempt.received;
    if (length < CONNACK.bytes) return;
    if (attempt.received[0] !== CONNACK.type || attempt.received[3] !== 0) {
      this.#giveUp(attempt, 'denied');
    } else if (length === CONNACK.bytes) {
      this.#socket.write(subscribePacket(this.#identity.clientid));
    } else if (length >= CONNACK.bytes + SUBACK.bytes) {
      this.#subscribed(attempt, attempt.received.subarray(CONNACK.bytes));
    }
  }

  #subscribed(attempt, suback) {
    if (suback[0] !== SUBACK.type || suback[4] > 2) {
      this.#giveUp(attempt, 'denied');
      return;
    }
    this.#socket.setTimeout(0);
    this.#failures = 0;
    this.backAt = Date.now();
    this.answerMs = this.backAt - this.#startedAt;
    attempt.isIn = true;
  }

  #giveUp(attempt, why) {
    attempt.why = why;
    this.#socket.destroy();
  }

  #ended({ isIn, why }) {
    this.backAt = undefined;
    if (this.#isOver) return;
    if (!isIn) {
      this.#tally[why]++;
      this.#failures++;
    }
    this.#connectLater();
  }
}

/** MQTT 3.1.1, 3.1: user name and password, a clean session, no keep-alive. */
function connectPacket({ clientid, username, password }) {
  const header = Buffer.from([0, 4, ...Buffer.from('MQTT'), 4, 0xc2, 0, 0]);
  return packet(0x10, Buffer.concat([header, text(clientid), text(username), text(password)]));
}

/** MQTT 3.1.1, 3.8: one filter, QoS 0. */
function subscribePacket(clientid) {
  return packet(0x82, Buffer.concat([Buffer.from([0, 1]), text(`devices/${clientid}/#`), Buffer.from([0])]));
}

function packet(type, body) {
  const low = body.length % 128;
  const length = body.length < 128 ? [low] : [low | 128, Math.floor(body.length / 128)];
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

function text(value) {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}
