import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * One connection as a broker's plugin keeps it: open, with one call in flight. It speaks just enough HTTP to leave the
 * cores to the servers: its answers carry a Content-Length.
 */
export class Connection {
  #socket;
  #head;
  #received = '';
  #settle;

  static async open(url) {
    const { hostname, port, host } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket, host);
  }

  constructor(socket, host) {
    this.#socket = socket;
    this.#head = `Host: ${host}\r\nContent-Type: application/json\r\nContent-Length: `;
    socket.setEncoding('latin1');
    socket.on('data', (text) => this.#take(text));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error(`${host} has closed the connection`)));
  }

  /** Posts a JSON text, and answers with the status. */
  post(path, body) {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(`POST ${path} HTTP/1.1\r\n${this.#head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  close() {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #take(text) {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#received)?.[1] ?? '0';
    if (this.#received.length < end + 4 + Number(length)) return;
    // `HTTP/1.1 200`
    const status = Number(this.#received.slice(9, 12));
    this.#received = '';
    const { resolve } = this.#settle;
    this.#settle = undefined;
    resolve(status);
  }
}
