/**
 * A TCP proxy before a server of a test, to break connections in ways in which networks do: cut, refuse, swallow, fall
 * silent. On a free port of 127.0.0.1.
 */
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** Which way bytes go: from who connected to the server, or back. */
export type ProxyDirection = 'toServer' | 'toClient';

/** A proxy that runs. Connections that exist and new ones are treated alike, unless it says otherwise. */
export interface TcpProxy {
  readonly port: number;
  /** Resets every connection that exists; new ones are taken. @returns how many there were. */
  cutAll(): number;
  /** Resets new connections as soon as they are made; the ones that exist stay. */
  refuseNew(): void;
  /**
   * Takes connections and bytes and holds back what goes that way, or both ways; what is held is delivered by `resume`.
   */
  stall(direction?: ProxyDirection): void;
  /** Throws away what goes that way from now on: a reply that is swallowed never comes. */
  swallow(direction: ProxyDirection): void;
  /** Throws away the next replies alone: the connections are reset once so many chunks have been swallowed. */
  swallowReplies(chunks: number): void;
  /** Ends refusing, stalling and swallowing; what was held back is delivered. */
  resume(): void;
  /** Of all its life. */
  readonly counts: ProxyCounts;
  /** Ends it and its connections. May be called again. */
  stop(): Promise<void>;
}

/** What went through a proxy. */
export interface ProxyCounts {
  readonly accepted: number;
  readonly refused: number;
  /** Connections that exist now. */
  readonly open: number;
  /** Bytes that were passed on. */
  readonly toServer: number;
  readonly toClient: number;
  /** What arrived at once and was passed on, and what was thrown away. */
  readonly chunksToServer: number;
  readonly swallowedChunks: number;
}

/** Starts a proxy before `127.0.0.1:port`. @param target may say another port for each new connection. */
export async function startTcpProxy(target: number | (() => number)): Promise<TcpProxy> {
  const proxy = new RunningProxy(typeof target === 'number' ? () => target : target);
  await proxy.listen();
  return proxy;
}

type Mode = 'pass' | 'stall' | 'swallow';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

class RunningProxy implements TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #modes: Record<ProxyDirection, Mode> = { toServer: 'pass', toClient: 'pass' };
  readonly #counts = {
    accepted: 0,
    refused: 0,
    toServer: 0,
    toClient: 0,
    chunksToServer: 0,
    swallowedChunks: 0,
  };
  #isRefusing = false;
  #repliesToSwallow = 0;

  constructor(private readonly targetPort: () => number) {
    this.#server = createServer((client) => {
      this.#accept(client);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get counts(): ProxyCounts {
    return { ...this.#counts, open: this.#pairs.size };
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
  }

  cutAll(): number {
    const pairs = [...this.#pairs];
    for (const pair of pairs) reset(pair);
    return pairs.length;
  }

  refuseNew(): void {
    this.#isRefusing = true;
  }

  stall(direction?: ProxyDirection): void {
    for (const each of direction ? [direction] : (['toServer', 'toClient'] as const))
      this.#setMode(each, 'stall');
  }

  swallow(direction: ProxyDirection): void {
    this.#setMode(direction, 'swallow');
  }

  swallowReplies(chunks: number): void {
    this.#repliesToSwallow = chunks;
  }

  resume(): void {
    this.#isRefusing = false;
    this.#repliesToSwallow = 0;
    this.#setMode('toServer', 'pass');
    this.#setMode('toClient', 'pass');
  }

  async stop(): Promise<void> {
    this.cutAll();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.#isRefusing) {
      this.#counts.refused += 1;
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    this.#counts.accepted += 1;
    const server = connect(this.targetPort(), '127.0.0.1');
    const pair = { client, server };
    this.#pairs.add(pair);
    this.#join(client, server, 'toServer');
    this.#join(server, client, 'toClient');
    for (const socket of [client, server]) {
      // What one side does, the other sees; a half that is stalled as well is not told.
      socket
        .on('error', () => undefined)
        .on('close', () => {
          this.#pairs.delete(pair);
          client.destroy();
          server.destroy();
        });
    }
  }

  #join(from: Socket, to: Socket, direction: ProxyDirection): void {
    from.setNoDelay(true).on('data', (chunk: Buffer) => {
      if (this.#isSwallowed(direction)) return;
      this.#counts[direction] += chunk.length;
      if (direction === 'toServer') this.#counts.chunksToServer += 1;
      to.write(chunk);
    });
    if (this.#modes[direction] === 'stall') from.pause();
  }

  #isSwallowed(direction: ProxyDirection): boolean {
    const isOneOfSome = direction === 'toClient' && this.#repliesToSwallow > 0;
    if (!isOneOfSome && this.#modes[direction] !== 'swallow') return false;
    this.#counts.swallowedChunks += 1;
    if (isOneOfSome) {
      this.#repliesToSwallow -= 1;
      if (this.#repliesToSwallow === 0) this.cutAll();
    }
    return true;
  }

  #setMode(direction: ProxyDirection, mode: Mode): void {
    this.#modes[direction] = mode;
    for (const { client, server } of this.#pairs) {
      const from = direction === 'toServer' ? client : server;
      if (mode === 'stall') from.pause();
      else from.resume();
    }
  }
}

function reset({ client, server }: Pair): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}
