/** Questions asked, answers kept. */
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { bounded } from '../e2e/eventually.js';
import { call, type Answer, type Call } from '../http/call.js';
import { mediaTypeOf } from './document.js';
import { FORGOTTEN, HUNG } from './fleet-questions.js';
import { CROWDED, QUESTIONS, SLOW, UNFINISHED, type Question } from './questions.js';
import { whileCrowded, type Services } from './services.js';

/** A question with the answer that came. */
export interface Exchange {
  readonly question: Question;
  readonly answer: Answer;
}

/** Asks everything there is to ask. */
export async function askEverything(services: Services): Promise<readonly Exchange[]> {
  // What takes long goes on beside the rest.
  const unfinished = Promise.all(UNFINISHED.map((question) => ask(services, question)));
  const hung = askInTurn(services, [...FORGOTTEN, ...HUNG]);
  const exchanges = await askInTurn(services, QUESTIONS);
  const slow = await askInTurn(services, SLOW);
  const crowded = await whileCrowded(services.crowded, () => askInTurn(services, CROWDED));
  return [...exchanges, ...slow, ...crowded, ...(await unfinished), ...(await hung)];
}

/** How an answer is told apart: `POST /auth/acl 403 application/json`; `-` where there is no body. */
export function nameOf({ question: { method, path }, answer }: Exchange): string {
  return `${method} ${path} ${String(answer.status)} ${mediaTypeOf(answer) || '-'}`;
}

async function askInTurn(services: Services, questions: readonly Question[]): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  for (const question of questions) exchanges.push(await ask(services, question));
  return exchanges;
}

async function ask(services: Services, question: Question): Promise<Exchange> {
  const { service, method, path, at = path, query = '', isUnfinished = false, isEndless = false } = question;
  const { url } = services[service];
  const send = isUnfinished || isEndless ? callHalf : call;
  const asked = { ...question.call, method };
  const usesHead = JSON.stringify([at, asked.headers]).includes(HEAD);
  const fill = usesHead ? await headFiller(url) : (text: string): string => text;
  const headers = Object.fromEntries(
    Object.entries(asked.headers ?? {}).map(([name, value]) => [name, fill(String(value))]),
  );
  return { question, answer: await send(url, fill(at) + query, { ...asked, headers }) };
}

/** Stands in a question for the newest revision, which differs from run to run. */
const HEAD = '{head}';

async function headFiller(url: string): Promise<(text: string) => string> {
  const { policy } = JSON.parse((await call(url, '/health/ready', { method: 'GET' })).text) as {
    readonly policy: { readonly revision: string };
  };
  return (text) => text.replace(HEAD, policy.revision);
}

/** As `call`, but either the body or the answer does not come to its end. */
function callHalf(base: string, path: string, { method, headers, body }: Call): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const answer = new Promise<Answer>((resolve, reject) => {
    const outgoing = request(
      { agent: false, hostname, port, path, method, headers: { ...headers } as Record<string, string> },
      (response) => {
        const { statusCode: status = 0, headers: received } = response;
        const isEndless = received['content-type']?.startsWith('text/event-stream') === true;
        const read = (isEndless ? firstEvents(response) : text(response)).then((content) => ({
          ...{ status, headers: received, text: content },
        }));
        read.then(resolve, reject).finally(() => outgoing.destroy());
      },
    );
    outgoing.once('error', reject);
    if (body === undefined) outgoing.end();
    else outgoing.write(body);
  });
  return bounded(answer, `${method ?? ''} ${path}`);
}

/** All whole events that come at once. */
async function firstEvents(response: IncomingMessage): Promise<string> {
  let received = '';
  for await (const chunk of response.setEncoding('utf8')) {
    received += String(chunk);
    if (received.endsWith('\n\n')) return received;
  }
  return received;
}
