/** Questions asked, answers kept. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { bounded } from '../e2e/eventually.js';
import { call, type Answer, type Call } from '../http/call.js';
import { mediaTypeOf } from './document.js';
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
  const exchanges = await askInTurn(services, QUESTIONS);
  const slow = await askInTurn(services, SLOW);
  const crowded = await whileCrowded(services.crowded, () => askInTurn(services, CROWDED));
  return [...exchanges, ...slow, ...crowded, ...(await unfinished)];
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
  const { service, method, path, at = path, query = '', isUnfinished = false } = question;
  const send = isUnfinished ? callUnfinished : call;
  const answer = await send(services[service].url, at + query, { ...question.call, method });
  return { question, answer };
}

/** As `call`, but the body does not come to its end before the answer does. */
function callUnfinished(base: string, path: string, { method, headers, body }: Call): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const answer = new Promise<Answer>((resolve, reject) => {
    const outgoing = request(
      { agent: false, hostname, port, path, method, headers: { ...headers } as Record<string, string> },
      (response) => {
        const { statusCode: status = 0, headers: received } = response;
        const read = text(response).then((content) => ({ status, headers: received, text: content }));
        read.then(resolve, reject).finally(() => outgoing.destroy());
      },
    );
    outgoing.once('error', reject);
    outgoing.write(body);
  });
  return bounded(answer, `${method ?? ''} ${path}`);
}
