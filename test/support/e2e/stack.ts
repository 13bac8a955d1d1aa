/** Gatehouse, a broker whose plugin asks it, and clients of that broker. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAskingBroker, type AskingBroker, type BrokerSetup } from './broker.js';
import { documentOf, type TestDocument } from './document.js';
import { startGatehouse, type Gatehouse } from './gatehouse.js';

/** What a stack is started with. */
export interface StackSetup extends Omit<BrokerSetup, 'checkPort'> {
  readonly document: TestDocument;
  /** Further `GATEHOUSE_*` variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Everything that an end-to-end test stands on. */
export interface Stack extends AskingBroker {
  /** The service that runs now, or ran last. */
  gatehouse(): Gatehouse;
  /** Starts gatehouse again, on the same port and file, after its end. */
  restartGatehouse(): Promise<void>;
  /** Replaces the file in one step, as Mosquitto 2.1 and many editors do. */
  replaceFile(content: string): Promise<void>;
  /** Writes into the file that is there, as Mosquitto 2.0 does. */
  overwriteFile(content: string): Promise<void>;
}

/** Starts a whole stack. */
export async function startStack(setup: StackSetup): Promise<Stack> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = (): Promise<void> => undoAll(undo.splice(0).reverse());
  try {
    const dir = await mkdtemp(join(tmpdir(), 'gatehouse-e2e-'));
    undo.push(() => rm(dir, { recursive: true, force: true }));
    const file = join(dir, 'dynamic-security.json');
    await writeFile(file, documentOf(setup.document));
    const env = setup.env ?? {};
    let gatehouse = await startGatehouse({ file, env });
    undo.push(() => gatehouse.stop('SIGKILL'));
    const asking = await startAskingBroker({ ...setup, checkPort: gatehouse.port });
    undo.push(() => asking.stop());
    return {
      ...asking,
      gatehouse: () => gatehouse,
      restartGatehouse: async () => {
        gatehouse = await startGatehouse({ file, env, port: gatehouse.port });
      },
      replaceFile: async (content) => {
        await writeFile(`${file}.edited`, content);
        await rename(`${file}.edited`, file);
      },
      overwriteFile: (content) => writeFile(file, content),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Takes every step, also after one that failed, and then throws the first failure. */
async function undoAll(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
