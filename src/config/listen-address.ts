import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Where to listen. */
export interface ListenAddress {
  /** An IP address, IPv6 without brackets, or a host name. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Reads `host:port`, IPv6 in brackets: `127.0.0.1:8790`, `[::1]:8790`. Undefined for anything else. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  if (!match) return undefined;
  const [, bracketed, plain, digits] = match;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined;
  if (plain === undefined || !(isIPv4(plain) || isHostName(plain))) return undefined;
  return { host: plain, port };
}

/** Whether a text is a host name, and nothing that an address might be meant by (`127.1`, `256.0.0.1`). */
export function isHostName(text: string): boolean {
  if (text.length > 253 || isIP(text) !== 0) return false;
  const labels = text.split('.');
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}

const LABEL = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;

/** Whether only this machine reaches an address. A name other than `localhost` may lead anywhere. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
