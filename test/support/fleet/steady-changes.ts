/**
 * An administrator who creates one client after the other, each by another instance, whatever becomes of Redis; and keeps
 * what was answered.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../http/call.js';

/** What was answered of the clients, by name. */
export interface AnsweredChanges {
  /** Done. */
  readonly written: readonly string[];
  /** Said to be without effect. */
  readonly refused: readonly string[];
  /** Said to be one or the other. */
  readonly unknown: readonly string[];
  /** Answers that are none of these. */
  readonly odd: readonly string[];
}

/** They go on. */
export interface SteadyChanges extends AnsweredChanges {
  /** Resolves when none is under way. */
  stop(): Promise<void>;
}

const PAUSE_MS = 20;

/** Begins to create `<prefix>1`, `<prefix>2` and so on. */
export function startChanges(urls: readonly string[], prefix: string, token: string): SteadyChanges {
  const answered = {
    written: [] as string[],
    refused: [] as string[],
    unknown: [] as string[],
    odd: [] as string[],
  };
  let isOver = false;
  const run = async (url: string, lane: number): Promise<void> => {
    for (let i = lane; !isOver; i += urls.length) {
      const username = `${prefix}${i}`;
      const { kind, text } = await create(url, username, token);
      answered[kind].push(kind === 'odd' ? `${username}: ${text}` : username);
      await sleep(PAUSE_MS);
    }
  };
  const running = urls.map(run);
  return {
    ...answered,
    stop: async () => {
      isOver = true;
      await Promise.all(running);
    },
  };
}

async function create(
  url: string,
  username: string,
  token: string,
): Promise<{ readonly kind: keyof AnsweredChanges; readonly text: string }> {
  const { status, text } = await call(url, '/v1/commands', {
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ commands: [{ command: 'createClient', username }] }),
  });
  return { kind: kindOf(status, text), text: `${status} ${text}` };
}

function kindOf(status: number, text: string): keyof AnsweredChanges {
  const { error, responses } = JSON.parse(text) as {
    readonly error?: string;
    readonly responses?: readonly { readonly error?: string }[];
  };
  if (status === 200) return responses?.[0] && responses[0].error === undefined ? 'written' : 'odd';
  if (status !== 503 || error === undefined) return 'odd';
  return error.startsWith('outcome unknown') ? 'unknown' : 'refused';
}
