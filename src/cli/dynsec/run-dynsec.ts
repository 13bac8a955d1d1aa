import { escapeControls } from '../../dynsec/escape-controls.js';
import { callService, refusal } from '../api-client.js';
import type { ClientSurroundings } from '../client-surroundings.js';
import type { ServiceFlags } from '../service-options.js';
import { findService } from '../service-options.js';
import type { WaitFlag } from '../wait-option.js';
import { enforcedOf, tellEnforced, waitQuery } from '../wait-option.js';
import type { DynsecCommand, Members } from './grammar.js';
import { parseReply, renderData } from './reply.js';

/** One call of a command. */
export interface DynsecCall {
  readonly command: DynsecCommand;
  readonly members: Members;
  /** No password is wanted, as the command line says. */
  readonly hasNoPassword: boolean;
  readonly service: ServiceFlags & WaitFlag;
  /** The reply is printed as it came. */
  readonly isRaw: boolean;
}

/**
 * Sends a command and prints what it answers; an error of the command is a failure, with dynsec's words.
 * @throws CommandError where it does not come to an answer.
 */
export async function runDynsec(surroundings: ClientSurroundings, call: DynsecCall): Promise<void> {
  const { command } = call;
  const service = await findService(call.service, surroundings);
  const members = { ...call.members, ...(await askPassword(surroundings, call)) };
  const request = { command: command.name, ...(command.toRequest?.(members) ?? members) };
  const reply = await callService(service, {
    method: 'POST',
    path: 'v1/commands',
    isChange: command.render === undefined,
    query: waitQuery(call.service),
    body: Buffer.from(JSON.stringify({ commands: [request] })),
  });
  if (reply.status !== 200) throw refusal(service, reply);
  const { error, data } = parseReply(service, reply);
  if (call.isRaw) surroundings.print(`${escapeControls(reply.text.trim())}\n`);
  if (error !== undefined) {
    surroundings.complain(`${[command.name, ...subjectsOf(call)].join(' ')}: Error: ${error}`);
    surroundings.fail();
    return;
  }
  if (command.render && !call.isRaw) surroundings.print(renderData(service, data, command.render));
  tellEnforced(surroundings, call.service, enforcedOf(reply));
}

/** SECURITY: everything that was named, but a password. */
function subjectsOf({ command, members }: DynsecCall): readonly string[] {
  return command.parameters.flatMap(({ member }) => {
    const value = members[member];
    return typeof value === 'string' && member !== 'password' ? [value] : [];
  });
}

/** The new password where the command wants one and none was given. */
async function askPassword(
  surroundings: ClientSurroundings,
  { command, members, hasNoPassword }: DynsecCall,
): Promise<Members> {
  const { username, password } = members;
  if (!command.asksPassword || hasNoPassword || password !== undefined) return {};
  const { prompter } = surroundings;
  const who = String(username);
  if (command.asksPassword === 'optional' && prompter.isTerminal) {
    surroundings.complain(`An empty password is none: ${who} cannot log in then.`);
  }
  const answer = await prompter.newPassword(`New password for ${who}: `, `Reenter password for ${who}: `);
  // An empty one that is required is refused by dynsec.
  return answer === '' && command.asksPassword === 'optional' ? {} : { password: answer };
}
