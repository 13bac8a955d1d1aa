import type { Response } from 'express';
import type { CommandResult } from '../../gate/execute-commands.js';
import { sendJson } from '../json-answer.js';
import { setChangeHeaders } from './change-headers.js';

/** Sends the reply of dynsec commands, with the revision that holds what they changed and whom they touch. */
export function sendCommandResult(response: Response, result: CommandResult): void {
  setChangeHeaders(response, result);
  sendJson(response, 200, result.reply);
}
