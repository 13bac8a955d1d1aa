import { Command, Option } from 'commander';
import type { ClientSurroundings } from '../client-surroundings.js';
import type { ServiceFlags } from '../service-options.js';
import { addServiceOptions } from '../service-options.js';
import type { WaitFlag } from '../wait-option.js';
import { addWaitOption } from '../wait-option.js';
import type { DynsecCommand } from './grammar.js';
import { hasFlags, readMembers } from './read-members.js';
import { runDynsec } from './run-dynsec.js';
import { SECTIONS } from './table.js';

interface DynsecOptions extends ServiceFlags, WaitFlag {
  readonly json?: true;
  readonly password?: string | false;
}

/** `gatehouse dynsec`: the commands of dynamic security, with the grammar and the output of `mosquitto_ctrl dynsec`. */
export function createDynsecCommand(surroundings: ClientSurroundings): Command {
  const dynsec = new Command('dynsec');
  addCommonOptions(dynsec)
    .description('Administer clients, groups and roles, as `mosquitto_ctrl dynsec` does.')
    .helpOption('--help', 'show this')
    // Each command reads all that comes after its name, so that a password may look like an option of this one.
    .enablePositionalOptions()
    .showHelpAfterError('(gatehouse dynsec help COMMAND tells more)')
    .addHelpText('after', NOTES)
    // Names in small letters are found too, but are no news.
    .configureHelp({
      // The longest terms stand out; one column for all would leave no room for the rest.
      padWidth: () => TERM_WIDTH,
      subcommandTerm: (command) => [command.name(), ...argumentTerms(command)].join(' '),
      commandUsage: (command) => usageOf(dynsec, command),
    });
  for (const { title, commands } of SECTIONS) {
    for (const command of commands) {
      dynsec.addCommand(createLeaf(surroundings, command, dynsec).helpGroup(title));
    }
  }
  return refuseMqttOptions(dynsec).addCommand(createInit(dynsec), { hidden: true });
}

const TERM_WIDTH = 48;

const NOTES = `
Passwords are asked for without echo on a terminal; elsewhere each is one line of standard input.
A name that begins with \`-\` comes after \`--\`.
Exit code: 0 done, 1 failed, 2 wrong usage.`;

function createLeaf(surroundings: ClientSurroundings, entry: DynsecCommand, dynsec: Command): Command {
  const leaf = new Command(entry.name).copyInheritedSettings(dynsec);
  leaf
    .description(`${entry.summary}.`)
    .summary(entry.summary)
    .alias(entry.name.toLowerCase())
    .helpOption('--help', 'show this');
  for (const { argument } of entry.parameters) leaf.addArgument(argument);
  for (const { options } of entry.flags ?? []) for (const option of options) leaf.addOption(option);
  // What answers with something changes nothing.
  if (!entry.render) addWaitOption(leaf);
  return addCommonOptions(leaf).action(async () => {
    const options: DynsecOptions = { ...dynsec.opts<DynsecOptions>(), ...leaf.opts<DynsecOptions>() };
    if (entry.needsFlag && !hasFlags(entry, leaf.opts())) {
      leaf.error(`error: ${entry.name} without a flag changes nothing`);
    }
    await runDynsec(surroundings, {
      command: entry,
      members: readMembers(entry, leaf.processedArgs, leaf.opts()),
      hasNoPassword: options.password === false,
      service: options,
      isRaw: options.json ?? false,
    });
  });
}

/** The one command of mosquitto_ctrl that is not dynsec's: it writes a first file. */
function createInit(dynsec: Command): Command {
  return new Command('init')
    .allowExcessArguments()
    .allowUnknownOption()
    .action(() =>
      dynsec.error('error: there is no `init`: `gatehouse serve` writes the file where there is none'),
    );
}

function addCommonOptions(command: Command): Command {
  return addServiceOptions(command).addOption(
    new Option('--json', 'print the reply as it comes').helpGroup('Service:'),
  );
}

function argumentTerms(command: Command): readonly string[] {
  return command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
}

function usageOf(dynsec: Command, command: Command): string {
  if (command === dynsec) return 'gatehouse dynsec [options] COMMAND ...';
  return ['gatehouse dynsec', command.name(), '[options]', ...argumentTerms(command)].join(' ');
}

/** Who comes from mosquitto_ctrl is told what is different here. */
function refuseMqttOptions(dynsec: Command): Command {
  for (const flags of ['-h, --host <host>', '-p, --port <port>', '-L <url>']) {
    const option = new Option(flags)
      .hideHelp()
      .argParser(() =>
        dynsec.error(`error: \`${flags.slice(0, 2)}\` names an MQTT broker; the service is named by --url`),
      );
    dynsec.addOption(option);
  }
  return dynsec;
}
