import type { Worker } from 'node:cluster';

/** What workers and the process that has started them say to each other. */
export type Message =
  /** It answers from now on. */
  | { readonly type: 'gatehouse:joined' }
  | { readonly type: 'gatehouse:serving'; readonly url: string; readonly place: string }
  | ({ readonly type: 'gatehouse:question'; readonly id: number } & Question)
  | { readonly type: 'gatehouse:answer'; readonly id: number; readonly answer?: unknown };

/** What is asked for, and about what; both as JSON has them. */
export interface Question {
  readonly name: string;
  readonly about?: unknown;
}

/** What became of a question. `silent`: there was no answer in time; `gone`: there is nobody any more who could. */
export type Outcome =
  { readonly is: 'answered'; readonly answer: unknown } | { readonly is: 'silent' | 'gone' };

/** One end of a channel to another process, which has the other end: both ask, and both answer. */
export class WorkerChannel {
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  #asked = 0;

  /**
   * @param worker in the process that has started it the worker, in the worker itself.
   * @param answer answers the other end, as JSON has it; where it rejects, nothing is answered.
   */
  constructor(
    private readonly worker: Worker,
    answer: (question: Question) => Promise<unknown>,
  ) {
    worker.on('message', (message: Message) => {
      if (message.type === 'gatehouse:answer') {
        this.#waiting.get(message.id)?.({ is: 'answered', answer: message.answer });
      } else if (message.type === 'gatehouse:question') {
        void answer(message).then(
          (text) => this.send({ type: 'gatehouse:answer', id: message.id, answer: text }),
          () => undefined,
        );
      }
    });
    worker.once('disconnect', () => {
      for (const end of this.#waiting.values()) end({ is: 'gone' });
    });
  }

  /** Asks the other end, and waits for that long. Never rejects. */
  ask(question: Question, withinMs: number): Promise<Outcome> {
    const id = ++this.#asked;
    return new Promise((resolve) => {
      const end = (outcome: Outcome): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(outcome);
      };
      const timer = setTimeout(end, withinMs, { is: 'silent' });
      this.#waiting.set(id, end);
      // A question that is passed on has come with an id of the other process.
      this.send({ ...question, type: 'gatehouse:question', id }, () => end({ is: 'gone' }));
    });
  }

  /** Says something; never throws. @param onLost is told where there is nobody to say it to. */
  send(message: Message, onLost: () => void = () => undefined): void {
    this.worker.send(message, (error) => {
      if (error) onLost();
    });
  }
}
