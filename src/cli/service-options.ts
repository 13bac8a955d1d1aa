import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Service } from './api-client.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { CommandError } from './command-error.js';
import { fileProblem } from './file-problem.js';
import type { FileOptions, OptionsFile } from './options-file.js';
import { parseOptionsFile, readOptionsFile } from './options-file.js';

/** Where a service is looked for. */
export const DEFAULT_URL = 'http://127.0.0.1:8790';

/** The options of a command that speaks to a service, under the names under which commander keeps them. */
export interface ServiceFlags {
  readonly url?: string;
  readonly username?: string;
  readonly pw?: string;
  readonly ca?: string;
  readonly cafile?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly options?: string;
}

/** Those that may stand in a file too. */
const FILE_OPTIONS: readonly Option[] = [
  new Option('--url <url>', `the service (default: ${DEFAULT_URL})`),
  new Option('-u, --username <name>', 'as which dynsec client (default: by GATEHOUSE_ADMIN_TOKEN)'),
  new Option('-P, --pw <password>', 'its password (default: it is asked for)'),
  new Option('--ca <file>', 'who vouches for the certificate of the service, a PEM file'),
  new Option('--cafile <file>', 'as --ca, in the word of mosquitto_ctrl').hideHelp(),
  new Option('--cert <file>', 'the certificate to show, a PEM file'),
  new Option('--key <file>', 'its key, a PEM file'),
];

const OPTIONS_FILE = new Option(
  '-o, --options <file>',
  'a file of these options, one a line (default: ~/.config/gatehouse, if it is there)',
);

/** Adds the options of {@link ServiceFlags}. */
export function addServiceOptions(command: Command): Command {
  for (const option of [...FILE_OPTIONS, OPTIONS_FILE]) {
    option.helpGroup('Service:');
    command.addOption(option);
  }
  return command;
}

/**
 * Works out which service is meant, and as whom. A password that is missing is asked for.
 * @throws CommandError for options that make no sense, alone or together.
 */
export async function findService(given: ServiceFlags, surroundings: ClientSurroundings): Promise<Service> {
  const file = await findOptionsFile(given, surroundings);
  const flags: ServiceFlags & FileOptions = { ...parseOptionsFile(file, FILE_OPTIONS), ...given };
  if (file.isOpen && given.pw === undefined && flags.pw !== undefined) {
    surroundings.warn(`\`${file.path}\` holds a password and can be read by others: chmod 600 it`);
  }
  const url = parseServiceUrl(flags.url ?? DEFAULT_URL);
  const tls = await readTls(flags);
  const authorization = await authorize(flags, surroundings);
  if (authorization !== undefined && url.protocol === 'http:' && !isThisMachine(url.hostname)) {
    surroundings.warn(`${url.origin} is spoken to without encryption: the network can read passwords`);
  }
  return { url, authorization, tls };
}

async function findOptionsFile(
  { options }: ServiceFlags,
  { optionsFile }: ClientSurroundings,
): Promise<OptionsFile> {
  const path = options ?? optionsFile;
  if (path === undefined) return { path: '', text: undefined, isOpen: false };
  const file = await readOptionsFile(path);
  if (options !== undefined && file.text === undefined) {
    throw new CommandError('invalid_configuration', `options file \`${path}\`: there is no such file`);
  }
  return file;
}

function parseServiceUrl(text: string): URL {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username === '' && url.password === '') return url;
  throw new CommandError(
    'invalid_configuration',
    `--url: \`${text}\` is not the address of a service, such as \`${DEFAULT_URL}\`, without credentials`,
  );
}

/** The header; a user name wins over the token of the environment. */
async function authorize(
  { username, pw }: ServiceFlags,
  surroundings: ClientSurroundings,
): Promise<string | undefined> {
  if (username === undefined) {
    if (pw !== undefined)
      throw new CommandError('invalid_configuration', '-P needs -u: whose password is it?');
    const token = surroundings.adminToken();
    return token === undefined ? undefined : `Bearer ${token}`;
  }
  if (username.includes(':')) {
    const message = `-u: \`${username}\` holds a \`:\`, which HTTP Basic has no place for`;
    throw new CommandError('invalid_configuration', message);
  }
  const password = pw ?? (await surroundings.prompter.password(`Password for ${username}: `));
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function readTls(flags: ServiceFlags): Promise<Service['tls']> {
  if ((flags.cert === undefined) !== (flags.key === undefined)) {
    throw new CommandError('invalid_configuration', '--cert and --key go together');
  }
  const files = { ca: flags.ca ?? flags.cafile, cert: flags.cert, key: flags.key };
  const texts = new Map<string, string>();
  for (const [name, path] of Object.entries(files)) {
    if (path !== undefined) texts.set(name, await readPem(name, path));
  }
  return Object.fromEntries(texts);
}

async function readPem(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CommandError('invalid_configuration', `--${name}: \`${path}\`: ${fileProblem(cause)}`, {
      cause,
    });
  }
}

function isThisMachine(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
