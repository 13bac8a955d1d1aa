import { Command, Option } from 'commander';
import { migrateGoAuthFiles } from '../migrate/go-auth/migrate-go-auth-files.js';
import { migrateGoAuthRedis } from '../migrate/go-auth/migrate-go-auth-redis.js';
import type { RedisKey } from '../migrate/go-auth/redis-keys.js';
import type { SourceText } from '../migrate/migration.js';
import { migrateMosquitto } from '../migrate/mosquitto/migrate-mosquitto.js';
import type { SaltEncoding } from '../migrate/password-carrier.js';
import { SALT_ENCODINGS } from '../migrate/password-carrier.js';
import { CommandError } from './command-error.js';
import { fileProblem } from './file-problem.js';
import type { DeliveryFlags, DeliverySurroundings } from './migrate-delivery.js';
import { deliver } from './migrate-delivery.js';

/** How far reading has come. */
interface ReadingProgress {
  readonly keys: number;
  readonly total: number;
}

/** What `gatehouse migrate` needs from outside. */
export interface MigrateSurroundings extends DeliverySurroundings {
  readText(path: string): Promise<string>;
  /** Writes over the line of before; undefined where nobody sees it. */
  readonly showProgress: ((line: string) => void) | undefined;
  /** A password for Redis from the environment, if there is one. */
  redisPassword(): string | undefined;
  /** @throws GatehouseError where it cannot be read. */
  readGoAuthRedis(
    source: { readonly url: string; readonly password?: string | undefined },
    onProgress: (progress: ReadingProgress) => void,
  ): Promise<{ readonly keys: readonly RedisKey[]; readonly total: number }>;
}

/** `gatehouse migrate`: makes a dynamic-security.json of what another installation has. */
export function createMigrateCommand(surroundings: MigrateSurroundings): Command {
  return new Command('migrate')
    .description(
      'Make a dynamic-security.json of password files, ACL files, or the data of mosquitto-go-auth.',
    )
    .addCommand(createMosquittoCommand(surroundings))
    .addCommand(createGoAuthFilesCommand(surroundings))
    .addCommand(createGoAuthRedisCommand(surroundings))
    .addHelpText('after', `\n${EXIT_CODES}`);
}

const EXIT_CODES =
  'Nothing that is read is changed. Exit code: 0 everything was carried over, 2 something was not (the report on\n' +
  'standard error says what and why), 1 it failed.';

interface FileFlags extends DeliveryFlags {
  readonly passwordFile?: string;
  readonly aclFile?: string;
}

function createMosquittoCommand(surroundings: MigrateSurroundings): Command {
  const command = new Command('mosquitto')
    .description("From Mosquitto's own password_file and acl_file.")
    .addOption(new Option('--password-file <file>', 'the password_file of mosquitto.conf'))
    .addOption(
      new Option('--acl-file <file>', 'the acl_file; without it everything is allowed, as in Mosquitto'),
    )
    .action((flags: FileFlags) =>
      deliver(surroundings, flags, async () => migrateMosquitto(await readFiles(surroundings, flags))),
    );
  return addDeliveryOptions(command);
}

interface GoAuthFilesFlags extends FileFlags {
  readonly saltEncoding: SaltEncoding;
}

function createGoAuthFilesCommand(surroundings: MigrateSurroundings): Command {
  const command = new Command('go-auth-files')
    .description('From the files backend of mosquitto-go-auth.')
    .addOption(
      new Option('--password-file <file>', 'auth_opt_files_password_path (or auth_opt_password_path)'),
    )
    .addOption(new Option('--acl-file <file>', 'auth_opt_files_acl_path (or auth_opt_acl_path)'))
    .addOption(saltEncodingOption())
    .action((flags: GoAuthFilesFlags) =>
      deliver(surroundings, flags, async () =>
        migrateGoAuthFiles({ ...(await readFiles(surroundings, flags)), saltEncoding: flags.saltEncoding }),
      ),
    );
  return addDeliveryOptions(command);
}

interface GoAuthRedisFlags extends DeliveryFlags {
  readonly url: string;
  readonly saltEncoding: SaltEncoding;
  readonly superusers: boolean;
}

function createGoAuthRedisCommand(surroundings: MigrateSurroundings): Command {
  const command = new Command('go-auth-redis')
    .description(
      'From the Redis backend of mosquitto-go-auth. Only reads, step by step, beside running brokers.',
    )
    .addOption(
      new Option(
        '--url <url>',
        'redis://[user@]host[:port]/database; of a cluster, any server',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('--no-superusers', 'mosquitto-go-auth ran with redis_disable_superuser'))
    .addOption(saltEncodingOption())
    .addHelpText(
      'after',
      '\nThe password of Redis comes by REDISCLI_AUTH, as for redis-cli, or in the address.',
    )
    .action((flags: GoAuthRedisFlags) =>
      deliver(surroundings, flags, async () =>
        migrateGoAuthRedis(await readRedis(surroundings, flags), flags),
      ),
    );
  return addDeliveryOptions(command);
}

function saltEncodingOption(): Option {
  return new Option('--salt-encoding <encoding>', 'hasher_salt_encoding of mosquitto-go-auth')
    .choices(SALT_ENCODINGS)
    .default('base64');
}

function addDeliveryOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--output <file>', 'where the document goes, for its owner alone; else standard output'),
    )
    .addOption(new Option('--report <file>', 'where the report goes; else standard error'))
    .addOption(new Option('--force', 'write over files that are there'));
}

async function readFiles(
  surroundings: MigrateSurroundings,
  { passwordFile, aclFile }: FileFlags,
): Promise<{ readonly passwordFile?: SourceText; readonly aclFile?: SourceText }> {
  if (passwordFile === undefined && aclFile === undefined) {
    throw new CommandError(
      'invalid_configuration',
      'there is nothing to migrate: give --password-file, --acl-file or both',
    );
  }
  return {
    ...(passwordFile === undefined ? {} : { passwordFile: await readFile(surroundings, passwordFile) }),
    ...(aclFile === undefined ? {} : { aclFile: await readFile(surroundings, aclFile) }),
  };
}

async function readFile(surroundings: MigrateSurroundings, name: string): Promise<SourceText> {
  const text = await surroundings.readText(name).catch((cause: unknown) => {
    throw new CommandError('not_found', `\`${name}\`: ${fileProblem(cause)}`, { cause });
  });
  return { name, text };
}

/** Less than this is read before anybody could read about it. */
const WORTH_SHOWING_KEYS = 5_000;

async function readRedis(
  surroundings: MigrateSurroundings,
  { url }: GoAuthRedisFlags,
): Promise<readonly RedisKey[]> {
  const showProgress = surroundings.showProgress ?? (() => undefined);
  const source = { url, password: surroundings.redisPassword() };
  const reading = surroundings.readGoAuthRedis(source, ({ keys, total }) => {
    if (total >= WORTH_SHOWING_KEYS) showProgress(`read: ${keys} of ${total} keys`);
  });
  const { keys, total } = await reading.finally(() => {
    showProgress('');
  });
  if (keys.length === 0) throw new CommandError('not_found', NO_KEYS);
  surroundings.complain(`looked at ${total} keys, of which ${keys.length} are for mosquitto-go-auth`);
  return keys;
}

const NO_KEYS =
  'this database holds no key of mosquitto-go-auth: it uses database 1 unless `redis_db` says otherwise, ' +
  'as in redis://host:6379/1';
