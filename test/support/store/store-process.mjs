/**
 * A file store in a process of its own, on what is built in `dist/`. Says in JSON, a line each, what became of it.
 *
 *   node store-process.mjs <file> commit [uid]  one commit, as that user if one is named
 *   node store-process.mjs <file> fill          commits until one fails, then one that is small
 *   node store-process.mjs <file> loop <batches>  commits and folds until it is killed; see `batches.ts`
 */
import { runCommands } from '../../../dist/dynsec/commands/run-commands.js';
import { FileStore } from '../../../dist/store/file/file-store.js';

const [file, mode, argument] = process.argv.slice(2);

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const store = new FileStore({
  path: file,
  policy: { sharedSubscriptions: 'dynsec', allowAnonymous: false },
  listener: {
    loaded: () => {},
    refused: ({ message }) => say({ refused: message }),
    warned: (warning) => say({ warning }),
  },
  pollMs: 5,
  // Folds often, and at once when the journal has grown a little, so that kills meet them.
  foldTimes:
    mode === 'loop'
      ? { quietMs: 2, latestMs: 20, bytes: 20_000, retryMs: 10 }
      : { quietMs: 1e9, latestMs: 1e9, bytes: Infinity, retryMs: 1e9 },
});

let minted = 0;

function send(commands) {
  return store.commit({ by: 'admin', from: '' }, (draft) => {
    const { reply, isUndone } = runCommands(
      draft,
      { commands },
      {
        mint: () => `${process.pid}-${(minted += 1)}`,
        hashedPassword: () => ({ encoded: 'x' }),
        atomic: true,
      },
    );
    if (isUndone) throw new Error(JSON.stringify(reply));
    return { result: reply, commands: commands.map(({ command }) => command) };
  });
}

async function attempt(commands) {
  try {
    const { revision } = await send(commands);
    return { revision };
  } catch (error) {
    return { error: error.message, name: error.name };
  }
}

const clients = async () => (await store.whole()).configuration.clients.size;

const MODES = {
  async commit() {
    if (argument) process.seteuid(Number(argument));
    const { revision } = store.snapshot();
    say({ before: revision, ...(await attempt([{ command: 'createClient', username: 'new' }])) });
    say({ after: store.snapshot().revision, clients: await clients(), health: store.health().ready });
    await store.close();
  },

  async fill() {
    for (let n = 0; ; n++) {
      const username = `${'large-'.repeat(1_000)}${n}`;
      const outcome = await attempt([{ command: 'createClient', username }]);
      if (outcome.revision) continue;
      say({ ...outcome, clients: await clients(), revision: store.snapshot().revision });
      break;
    }
    say(await attempt([{ command: 'createClient', username: 'small' }]));
    say({ clients: await clients(), revision: store.snapshot().revision });
    await store.close();
  },

  async loop() {
    const batches = JSON.parse(argument);
    for (let n = Number(store.snapshot().client('counter').textname) + 1; ; n++) {
      const text = JSON.stringify(batches[n % 2])
        .replaceAll('<n>', n)
        .replaceAll('<old>', n - batches.kept);
      const { revision } = await send(JSON.parse(text));
      say({ n, revision });
    }
  },
};

await store.open();
await MODES[mode]();
