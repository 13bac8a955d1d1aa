/** dynsec commands sent to a store, as a gate would send them. */
import type { CommandReply } from '../../../src/dynsec/commands/run-commands.js';
import { runCommands } from '../../../src/dynsec/commands/run-commands.js';
import { toDocument } from '../../../src/dynsec/document/to-document.js';
import type { ChangeOrigin, Committed, RealmStore } from '../../../src/gate/ports.js';

export const ADMIN: ChangeOrigin = { via: 'login', by: 'admin', from: '192.0.2.1' };

/** A password in the tests, and how it is stored. */
export const SECRET = 'known to nobody';
export const HASHED = '$7$101$c2FsdA==$aGFzaA==';

let minted = 0;

/** Sends a request. Every password is stored as {@link HASHED}, unless something else is given. */
export function sendAll(
  store: RealmStore,
  commands: readonly object[],
  {
    origin = ADMIN,
    atomic = false,
    hashed = HASHED,
  }: { readonly origin?: ChangeOrigin; readonly atomic?: boolean; readonly hashed?: string } = {},
): Promise<Committed<readonly CommandReply[]>> {
  return store.commit(origin, (draft) => {
    const { reply, isUndone } = runCommands(
      draft,
      { commands },
      { mint: () => `minted-${String(++minted)}`, hashedPassword: () => ({ encoded: hashed }), atomic },
    );
    const names = commands.map((command) => String((command as { command?: unknown }).command));
    return { result: reply.responses, commands: names, isUndone };
  });
}

/** Sends commands that are to be carried out. */
export async function send(
  store: RealmStore,
  ...commands: readonly object[]
): Promise<Committed<readonly CommandReply[]>> {
  const committed = await sendAll(store, commands);
  const errors = committed.result.filter(({ error }) => error !== undefined);
  if (errors.length > 0) throw new Error(`refused: ${JSON.stringify(errors)}`);
  return committed;
}

/** The realm as a dynamic-security.json. */
export async function documentOf(store: RealmStore): Promise<ReturnType<typeof toDocument>> {
  return toDocument((await store.whole()).configuration);
}
