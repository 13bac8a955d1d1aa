import { escapeControls } from '../dynsec/escape-controls.js';
import type { ExpandedRole } from '../gate/templates/expand-template.js';
import { expandTemplate } from '../gate/templates/expand-template.js';
import { roleCommand } from '../gate/templates/role-command.js';
import type { RoleTemplate } from '../gate/templates/role-template.js';
import { TemplateError } from '../gate/templates/template-error.js';
import type { ApiReply, Service } from './api-client.js';
import { callService, refusal, shownUrl } from './api-client.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { CommandError } from './command-error.js';
import type { CommandAnswer } from './dynsec/reply.js';
import { parseReply } from './dynsec/reply.js';
import { roleText } from './output/templates-text.js';
import { quote, visibleJson } from './output/visible.js';
import type { ServiceFlags } from './service-options.js';
import { findService } from './service-options.js';
import type { WaitFlag } from './wait-option.js';
import { enforcedOf, tellEnforced, waitQuery } from './wait-option.js';

/** The options of `gatehouse templates apply`. */
export interface ApplyOptions extends ServiceFlags, WaitFlag {
  readonly set?: readonly string[];
  readonly role?: string;
  readonly replace?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/**
 * Makes a role of a template, by the commands that `gatehouse dynsec` sends too.
 * @throws CommandError for values that the template does not take, and where the role is not made.
 */
export async function applyTemplate(
  surroundings: ClientSurroundings,
  template: RoleTemplate,
  options: ApplyOptions,
): Promise<void> {
  const role = expand(template, options);
  // Without --replace nothing has to be asked before: createRole leaves a role that is there alone.
  const service = options.dryRun && !options.replace ? undefined : await findService(options, surroundings);
  const isThere =
    service !== undefined && options.replace === true && (await hasRole(service, role.rolename));
  const commands = [roleCommand(role, isThere)];
  if (!service || options.dryRun) {
    surroundings.print(visibleJson({ commands }));
    return;
  }
  if (!options.json) surroundings.print(planText(role, isThere));
  const reply = await send(service, commands, { atomic: 'true', ...waitQuery(options) });
  const { error } = parseReply(service, reply);
  if (options.json) surroundings.print(`${escapeControls(reply.text.trim())}\n`);
  if (error !== undefined) throw notMade(service, role.rolename, error);
  if (!options.json) surroundings.print(isThere ? 'replaced\n' : 'created\n');
  tellEnforced(surroundings, options, enforcedOf(reply));
}

function expand(template: RoleTemplate, { set, role }: ApplyOptions): ExpandedRole {
  try {
    return expandTemplate({ template, values: parseSettings(set ?? []), rolename: role });
  } catch (cause) {
    if (!(cause instanceof TemplateError)) throw cause;
    throw new CommandError('invalid_configuration', `--set: ${cause.message}`, { cause });
  }
}

function parseSettings(texts: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = text.slice(0, at);
    if (at < 1) throw new CommandError('invalid_configuration', `--set: \`${text}\` is not parameter=value`);
    if (values.has(name))
      throw new CommandError('invalid_configuration', `--set: \`${name}\` is there twice`);
    values.set(name, text.slice(at + 1));
  }
  return values;
}

function planText(role: ExpandedRole, isThere: boolean): string {
  const plan = isThere ? 'is to be replaced by' : 'is to be created';
  return `role ${quote(role.rolename)} ${plan}:\n${roleText(role)}`;
}

async function hasRole(service: Service, rolename: string): Promise<boolean> {
  const { error } = await ask(service, { command: 'getRole', rolename });
  if (error === undefined) return true;
  if (error === 'Role not found') return false;
  throw notMade(service, rolename, error);
}

async function ask(service: Service, command: object): Promise<CommandAnswer> {
  return parseReply(service, await send(service, [command], {}));
}

async function send(
  service: Service,
  commands: readonly object[],
  query: Readonly<Record<string, string>>,
): Promise<ApiReply> {
  const body = Buffer.from(JSON.stringify({ commands }));
  const reply = await callService(service, { method: 'POST', path: 'v1/commands', query, body });
  if (reply.status !== 200) throw refusal(service, reply);
  return reply;
}

function notMade(service: Service, rolename: string, error: string): CommandError {
  const hint = error === 'Role already exists' ? '; --replace takes its place, --role is another name' : '';
  return new CommandError('conflict', `${shownUrl(service)}: role \`${rolename}\`: ${error}${hint}`);
}
