import { Argument, Command, Option } from 'commander';
import type { AclCheck } from '../gate/authorize.js';
import type { Explanation } from '../gate/explain.js';
import { createExplain } from '../gate/explain.js';
import type { AccessWord } from './access-words.js';
import { ACCESS_WORD_LIST, ACCESS_WORDS } from './access-words.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { CommandError } from './command-error.js';
import type { CommandSurroundings } from './command-surroundings.js';
import { createOfflineStore } from './offline-store.js';
import { count } from './output/count.js';
import { explainText } from './output/explain-text.js';
import { createPalette } from './output/palette.js';
import { visibleJson } from './output/visible.js';
import { allowAnonymousOption, policyFlags, sharedSubscriptionsOption } from './policy-options.js';
import { explainRemotely } from './remote-explain.js';
import type { ServiceFlags } from './service-options.js';
import { addServiceOptions, findService } from './service-options.js';

/** Options that mean nothing to a service that runs. */
interface LocalOptions {
  readonly file?: string;
  readonly allowAnonymous?: true;
  readonly sharedSubscriptions?: string;
}

interface ExplainOptions extends LocalOptions, ServiceFlags {
  readonly clientid?: string;
  readonly json?: true;
}

/** `gatehouse explain`: why somebody may or may not do something. Ends with 0 for an allow, 2 for a denial. */
export function createExplainCommand(surroundings: CommandSurroundings, client: ClientSurroundings): Command {
  const command = new Command('explain')
    .description(
      'Tell whether a client may do something, and why: by a file, or by a running service (--url).',
    )
    .addArgument(new Argument('<username>', "who; '' is a client without a user name"))
    .addArgument(new Argument('<what>', 'what it does').choices(ACCESS_WORD_LIST))
    .addArgument(new Argument('<topic>', 'a topic, or a filter to (un)subscribe'))
    .addOption(new Option('--clientid <id>', 'the client id that it has'))
    .addOption(new Option('--file <file>', 'the dynamic-security.json to decide by (default: that of serve)'))
    .addOption(allowAnonymousOption())
    .addOption(sharedSubscriptionsOption())
    .addOption(new Option('--json', 'print JSON'))
    .addHelpText('after', '\nExit code: 0 it may, 2 it may not, 1 the question could not be answered.')
    .action(async (username: string, what: AccessWord, topic: string, options: ExplainOptions) => {
      const check = { username, topic, access: ACCESS_WORDS[what], clientid: options.clientid ?? null };
      const explanation = await (options.url === undefined
        ? explainLocally(surroundings, check, options)
        : explainByService(client, check, options));
      const palette = createPalette(surroundings.hasColours);
      surroundings.print(options.json ? visibleJson(explanation) : explainText(explanation, palette));
      surroundings.answer(explanation.allowed ? 0 : 2);
    });
  return addServiceOptions(command);
}

async function explainLocally(
  surroundings: CommandSurroundings,
  check: AclCheck,
  options: ExplainOptions,
): Promise<Explanation> {
  if (options.username !== undefined || options.pw !== undefined) {
    throw new CommandError('invalid_request', '-u and -P are for a service: --url is missing');
  }
  const settings = surroundings.policySettings({
    ...policyFlags(options),
    ...(options.file === undefined ? {} : { dynsecFile: options.file }),
  });
  const { configuration, revision, warnings } = await surroundings.readPolicy(settings.dynsecFile);
  if (warnings.length > 0) {
    const lint = `gatehouse lint ${settings.dynsecFile}`;
    surroundings.warn(
      `${settings.dynsecFile} is not as it should be, in ${count(warnings.length, 'place')}: ${lint}`,
    );
  }
  return createExplain(createOfflineStore(configuration, revision, settings))(check);
}

async function explainByService(
  client: ClientSurroundings,
  check: AclCheck,
  options: ExplainOptions,
): Promise<Explanation> {
  const { file, allowAnonymous, sharedSubscriptions } = options;
  if (file !== undefined || allowAnonymous || sharedSubscriptions !== undefined) {
    const local = '--file, --allow-anonymous and --shared-subscriptions';
    throw new CommandError(
      'invalid_request',
      `${local} mean nothing to a service that runs: leave --url out`,
    );
  }
  return explainRemotely(await findService(options, client), check);
}
