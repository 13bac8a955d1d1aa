import { Command, Option } from 'commander';
import type { SettingRow } from '../config/settings.js';
import { writeBanner } from './serve-banner.js';

/** A service that runs, as far as this command deals with it. */
export interface ServedService {
  readonly url: string;
  readonly file: string;
  /** Of a file that was just created. */
  readonly newPasswords: Readonly<Record<'admin' | 'democlient', string>> | undefined;
  close(): Promise<void>;
}

/** What `gatehouse serve` needs from outside. */
export interface ServeCommand {
  /** What may be configured, for the help. */
  readonly settings: readonly SettingRow[];
  /** Whether somebody sees what is printed. */
  readonly isTerminal: boolean;
  readonly version: string;
  print(text: string): void;
  /** Flags are given as they were written, under the names of the settings. */
  start(flags: Readonly<Record<string, string>>): Promise<ServedService>;
  /** Calls back at SIGTERM and SIGINT. */
  onStop(callback: () => void): void;
}

/** `gatehouse serve`: answers checks until it is told to stop. */
export function createServeCommand(dependencies: ServeCommand): Command {
  const { settings } = dependencies;
  const command = new Command('serve').description(
    'Answer the checks of brokers (what happens without a command).',
  );
  for (const setting of settings) command.addOption(optionOf(setting));
  return command
    .addHelpText('after', `\n${describeEnvironment(settings)}`)
    .allowExcessArguments(false)
    .action(() => serve(dependencies, command.opts()));
}

async function serve(dependencies: ServeCommand, flags: Readonly<Record<string, string>>): Promise<void> {
  const service = await dependencies.start(flags);
  const stopped = new Promise<void>((resolve) => {
    dependencies.onStop(resolve);
  });
  dependencies.print(writeBanner(service, dependencies));
  await stopped;
  dependencies.print('stopping: what is under way is answered first\n');
  await service.close();
}

/** Secrets are options too, hidden ones, so that who gives one is told where it belongs. */
function optionOf({ flag, help, default: ifAbsent, env, isSecret }: SettingRow): Option {
  const shown = [help, ifAbsent ? `Default: ${ifAbsent}.` : '', `Or by ${env}.`].filter(Boolean).join(' ');
  const option = new Option(`${flag} <value>`, shown);
  return isSecret ? option.hideHelp() : option;
}

function describeEnvironment(settings: readonly SettingRow[]): string {
  const secrets = settings.filter(({ isSecret }) => isSecret);
  const lines = secrets.map(({ env, help }) => `  ${env}\n      ${help}`);
  return `Secrets, by environment alone, or in a file that the same name with _FILE names:\n${lines.join('\n')}`;
}
