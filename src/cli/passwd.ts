import { Command, Option } from 'commander';
import { CommandError } from './command-error.js';
import type { Prompter } from './prompter.js';

/** What a cost may be, limits included. */
interface CostRange {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** What `gatehouse passwd` needs from outside. */
export interface PasswdSurroundings<Form extends string> {
  print(text: string): void;
  readonly prompter: Prompter;
  /** The forms of hashes, and what they may cost; the first one is the default. */
  readonly costs: Readonly<Record<Form, CostRange>>;
  /** @throws GatehouseError for a password that the form cannot hash. */
  hash(password: string, recipe: { readonly form: Form; readonly cost: number }): string;
  /** Whether a text is an encoded hash. */
  isHash(text: string): boolean;
}

/** `gatehouse passwd`: the encoded hash of a password. SECURITY: which is never an argument, where others see it. */
export function createPasswdCommand<Form extends string>(surroundings: PasswdSurroundings<Form>): Command {
  const forms = Object.keys(surroundings.costs) as Form[];
  const [first = ''] = forms;
  return new Command('passwd')
    .description('Print a hash for a password, as `encoded_password` of a dynamic-security.json holds it.')
    .addOption(new Option('--form <form>', 'which kind of hash').choices(forms).default(first))
    .addOption(new Option('--cost <number>', 'iterations, or what is their like'))
    .addHelpText('after', `\n${describe(surroundings.costs)}`)
    .action(async ({ form, cost }: { readonly form: Form; readonly cost?: string }) => {
      const recipe = { form, cost: readCost(cost, form, surroundings.costs[form]) };
      surroundings.print(`${surroundings.hash(await readPassword(surroundings), recipe)}\n`);
    });
}

function describe(costs: Readonly<Record<string, CostRange>>): string {
  const lines = Object.entries(costs).map(
    ([form, { min, max, default: usual }]) => `  ${form.padEnd(16)}${usual} (${min} to ${max})`,
  );
  return [
    'Asks twice on a terminal, else reads one line of standard input. Costs, if none is given:',
    ...lines,
    'Mosquitto 2.1 reads pbkdf2-sha512, too.',
  ].join('\n');
}

function readCost(text: string | undefined, form: string, { min, max, default: usual }: CostRange): number {
  if (text === undefined) return usual;
  const cost = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (cost >= min && cost <= max) return cost;
  throw new CommandError(
    'invalid_configuration',
    `--cost: \`${text}\` is not an integer from ${min} to ${max}, as ${form} takes it`,
  );
}

async function readPassword<Form extends string>(surroundings: PasswdSurroundings<Form>): Promise<string> {
  const password = await surroundings.prompter.newPassword('New password: ', 'Again: ');
  if (password === '') throw new CommandError('invalid_request', 'there is no password');
  if (!surroundings.isHash(password)) return password;
  throw new CommandError('invalid_request', 'this is a hash already, not a password');
}
