import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Decision } from '../../dynsec/decision.js';
import type { Access } from '../../dynsec/entities.js';
import { ClientNotHeldError, UndecidedError } from '../../gate/errors.js';
import type { Gate } from '../../gate/gate.js';
import type { CheckEvent, CheckObserver, CheckSubject } from '../../gate/ports.js';
import { parseAuthorization } from '../authorization-header.js';
import { RequestError } from '../errors.js';
import { readBody } from '../read-body.js';
import type { TokenList } from '../token-list.js';
import type { CheckAnswer } from './check-answer.js';
import { ALLOW, sendCheckAnswer } from './check-answer.js';
import type { CheckFields } from './check-fields.js';
import { parseCheckFields } from './check-fields.js';
import type { CheckKind, CheckUrl } from './check-url.js';
import { parseCheckUrl, plainUrl } from './check-url.js';

/** What the checks need. */
export interface CheckDependencies {
  readonly gate: Pick<Gate, 'authenticate' | 'authorize' | 'checkSuperuser' | 'hold'>;
  /** Empty: checks need no token. */
  readonly tokens: TokenList;
  /** The names that `?broker=` may have. */
  readonly brokers: ReadonlySet<string>;
  readonly observer: CheckObserver;
  /** Is told of defects of ours: a check that fails with anything but an error of Gatehouse's own. */
  readonly onDefect: (error: unknown) => void;
}

/** Answers one check, at once where there is nothing to wait for. Never throws, and always answers. */
export type CheckHandler = (check: CheckKind, request: IncomingMessage, response: ServerResponse) => void;

/** What a check came to. */
interface Outcome {
  readonly outcome: CheckEvent['outcome'];
  readonly reason: string;
  readonly answer: CheckAnswer;
  readonly decision?: Decision | undefined;
  readonly detail?: string;
}

/** What is known of a check while it is under way. */
interface Progress {
  url: CheckUrl;
  subject: CheckSubject | undefined;
  /** It is whether a message may be delivered to the client. */
  isDelivery: boolean;
}

/** Makes the handler of the three checks; both doors of the server lead to it. */
export function createCheckHandler(dependencies: CheckDependencies): CheckHandler {
  const { observer, brokers, gate, tokens, onDefect } = dependencies;
  return (check, request, response) => {
    const startedAt = performance.now();
    const progress: Progress = { url: plainUrl(check), subject: undefined, isDelivery: false };
    const finish = ({ answer, outcome, reason, decision, detail }: Outcome): void => {
      sendCheckAnswer(response, answer, progress.url.reply);
      const { url, subject } = progress;
      const broker = url.broker === '' || brokers.has(url.broker) ? url.broker : 'unknown';
      const durationSeconds = (performance.now() - startedAt) / 1_000;
      observer.observe({ check, broker, outcome, reason, durationSeconds, subject, decision, detail });
    };
    const fail = (error: unknown): void => finish(outcomeOfError(error, progress, onDefect));
    const run = (body: Buffer): Outcome | Promise<Outcome> =>
      runCheck(gate, parseCheckFields(request.headers, body), progress);
    try {
      progress.url = parseCheckUrl(check, request.url ?? '');
      requireMethod(request);
      requireToken(tokens, request, progress.url);
    } catch (error) {
      fail(error);
      return;
    }
    readBody(request, { take: (body) => settle(() => run(body), finish, fail), fail });
  };
}

/** Calls back at once, or when a promise is settled. */
function settle<T>(
  work: () => T | Promise<T>,
  done: (result: T) => void,
  failed: (error: unknown) => void,
): void {
  let result: T | Promise<T>;
  try {
    result = work();
  } catch (error) {
    failed(error);
    return;
  }
  if (result instanceof Promise) result.then(done, failed);
  else done(result);
}

function requireMethod({ method = '' }: IncomingMessage): void {
  if (method === 'POST' || method === 'PUT' || method === 'GET') return;
  throw new RequestError('method_not_allowed', `method: \`${method}\` is none of POST, PUT, GET`);
}

function requireToken(tokens: TokenList, { headers }: IncomingMessage, { token }: CheckUrl): void {
  if (tokens.isEmpty) return;
  const authorization = parseAuthorization(headers.authorization);
  const shown = authorization?.scheme === 'basic' ? authorization.password : authorization?.token;
  if ([shown, token].some((candidate) => candidate !== undefined && tokens.includes(candidate))) return;
  throw new RequestError('unauthenticated', 'token: is missing or none of those configured');
}

/** No promise where there is nothing to wait for: that is nearly always. */
function runCheck(
  gate: CheckDependencies['gate'],
  fields: CheckFields,
  progress: Progress,
): Outcome | Promise<Outcome> {
  switch (progress.url.check) {
    case 'user':
      return runUserCheck(gate, fields, progress);
    case 'superuser':
      return runSuperuserCheck(gate, fields, progress);
    case 'acl':
      return runAclCheck(gate, fields, progress);
  }
}

function runSuperuserCheck(
  gate: CheckDependencies['gate'],
  fields: CheckFields,
  progress: Progress,
): Outcome | Promise<Outcome> {
  const username = fields.text('username');
  progress.subject = { username };
  const decide = (): Outcome => outcomeOf(gate.checkSuperuser(username));
  const waiting = gate.hold(username);
  return waiting ? waiting.then(decide) : decide();
}

function runUserCheck(
  gate: CheckDependencies['gate'],
  fields: CheckFields,
  progress: Progress,
): Outcome | Promise<Outcome> {
  const username = fields.text('username');
  const clientid = fields.text('clientid');
  progress.subject = { username, clientid };
  const outcome = gate.authenticate({ username, clientid, password: fields.text('password') });
  return outcome instanceof Promise ? outcome.then((later) => outcomeOf(later)) : outcomeOf(outcome);
}

function runAclCheck(
  gate: CheckDependencies['gate'],
  fields: CheckFields,
  progress: Progress,
): Outcome | Promise<Outcome> {
  const username = fields.text('username');
  const clientid = fields.text('clientid');
  const topic = fields.text('topic');
  const [first, ...others] = fields.accesses();
  progress.isDelivery = first === 'publishClientReceive' && others.length === 0;
  const ask = (access: Access): Decision => {
    const check = { username, clientid, topic, access };
    progress.subject = check;
    return gate.authorize(check);
  };
  const decide = (): Outcome => {
    let decision = ask(first);
    // All of them must be allowed: the first denial is the answer.
    for (const access of others) if (decision.allowed) decision = ask(access);
    return outcomeOf(decision, decision);
  };
  progress.subject = { username, clientid, topic, access: first };
  const waiting = gate.hold(username);
  return waiting ? waiting.then(decide) : decide();
}

function outcomeOf(
  { allowed, reason }: { readonly allowed: boolean; readonly reason: string },
  decision?: Decision,
): Outcome {
  return allowed
    ? { outcome: 'allow', reason, answer: ALLOW, decision }
    : { outcome: 'deny', reason, answer: { status: 403, reason }, decision };
}

/** Errors become answers here and nowhere else: what is not the caller's mistake is undecided. */
function outcomeOfError(
  error: unknown,
  { isDelivery }: Progress,
  onDefect: (error: unknown) => void,
): Outcome {
  if (error instanceof RequestError) {
    return {
      outcome: 'refused',
      reason: error.kind,
      answer: { status: error.status, reason: error.message },
    };
  }
  const reason = error instanceof UndecidedError ? error.reason : 'internal';
  // What went wrong inside: its wrapping says no more than that.
  if (reason === 'internal') onDefect(error instanceof UndecidedError ? (error.cause ?? error) : error);
  // For a 5xx the broker would close not this client but those whose message was to be delivered.
  if (isDelivery && error instanceof ClientNotHeldError)
    return { outcome: 'undecided', reason, answer: { status: 403, reason: 'undecided' } };
  return { outcome: 'undecided', reason, answer: { status: 503, reason: `undecided: ${reason}` } };
}
