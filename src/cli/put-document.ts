import type { z } from 'zod';
import type { ApiReply, ApiRequest, Service } from './api-client.js';
import { callService, jsonOf, refusal, shownUrl } from './api-client.js';
import { CommandError } from './command-error.js';
import type { Imported, Refused, Trial } from './import-replies.js';
import { importedSchema, refusedSchema, trialSchema } from './import-replies.js';
import type { TransferProgress } from './output/transfer-progress.js';
import type { WaitFlag } from './wait-option.js';
import { enforcedOf, waitQuery } from './wait-option.js';

/** A document for a service. */
export interface Upload extends WaitFlag {
  readonly service: Service;
  /** What messages call it. */
  readonly name: string;
  readonly body: Uint8Array;
  /** Is added to what is there, and does not take its place. */
  readonly isMerged: boolean;
  /** Warnings are no reason to refuse it, nor that nobody could administer then. */
  readonly isForced: boolean;
}

/** A service does not take a document. The message says why, the findings say where. */
export class DocumentRefusedError extends CommandError {
  constructor(
    message: string,
    readonly refused: Refused,
  ) {
    super('invalid_document', message);
  }
}

/** A service may take its time for a million clients. */
const SILENCE_MS = 600_000;

/**
 * Asks what a document would change.
 * @throws DocumentRefusedError, CommandError
 */
export async function tryDocument(
  upload: Upload,
  progress: TransferProgress,
): Promise<Trial & { readonly revision: string | undefined }> {
  const reply = await put(upload, progress, { query: { 'dry-run': 'true' }, isChange: false });
  const revision = reply.headers['x-gatehouse-revision'];
  return {
    ...understood(upload.service, reply, trialSchema),
    revision: typeof revision === 'string' ? revision : undefined,
  };
}

/**
 * Puts a document in place.
 * @param revision what it is to take the place of; undefined: whatever is there.
 * @throws DocumentRefusedError, CommandError
 */
export async function putDocument(
  upload: Upload,
  progress: TransferProgress,
  revision: string | undefined,
): Promise<{ readonly imported: Imported; readonly enforced: string | undefined }> {
  const headers = revision === undefined ? {} : { 'if-match': `"${revision}"` };
  const reply = await put(upload, progress, { headers, query: waitQuery(upload), isChange: true });
  return { imported: understood(upload.service, reply, importedSchema), enforced: enforcedOf(reply) };
}

async function put(
  upload: Upload,
  progress: TransferProgress,
  request: Pick<ApiRequest, 'query' | 'headers' | 'isChange'>,
): Promise<ApiReply> {
  const reply = await callService(upload.service, {
    method: 'PUT',
    path: 'v1/document',
    ...request,
    query: {
      ...(upload.isMerged ? { mode: 'merge' } : {}),
      ...(upload.isForced ? { force: 'true' } : {}),
      ...request.query,
    },
    body: upload.body,
    silenceMs: SILENCE_MS,
    onProgress: progress.show,
  }).finally(progress.end);
  if (reply.status !== 200) throw notTaken(upload, reply);
  return reply;
}

function notTaken({ service, name }: Upload, reply: ApiReply): CommandError {
  if (reply.status === 412) {
    return new CommandError('conflict', 'something was changed in the meantime: nothing is imported');
  }
  const { data } = refusedSchema.safeParse(jsonOf(service, reply));
  const problem = /^body: (.*)$/s.exec(data?.error ?? '')?.[1];
  if (problem !== undefined) return new CommandError('invalid_document', `\`${name}\`: ${problem}`);
  if (reply.status !== 422 || !data) return refusal(service, reply);
  const isHarmless =
    data.findings.length > 0 && data.findings.every(({ severity }) => severity === 'warning');
  const hint = isHarmless ? '; --force takes it all the same' : '';
  const reason = data.error.replace('?force=true', '--force');
  return new DocumentRefusedError(`${shownUrl(service)} refuses \`${name}\`: ${reason}${hint}`, data);
}

function understood<Schema extends z.ZodType>(
  service: Service,
  reply: ApiReply,
  schema: Schema,
): z.output<Schema> {
  const { data } = schema.safeParse(jsonOf(service, reply));
  if (data !== undefined) return data;
  throw new CommandError(
    'undecided',
    `${shownUrl(service)} answers with something that is no result of an import`,
  );
}
