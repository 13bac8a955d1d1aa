/**
 * The house as a table: what each folder of src/ may import. `layerConfigs` turns it into lint rules.
 *
 * A path is written from src/ on: `dynsec/` is the whole folder, `gate/ports.js` one file.
 */

/** The vocabulary of dynsec and the base of its errors: what "dynsec types" needs at run time. */
const DYNSEC_WORDS = ['dynsec/entities.js', 'dynsec/errors.js', 'dynsec/show-value.js'];

/** What every layer around the gate implements or throws. */
const PORTS = ['dynsec/', 'gate/ports.js', 'gate/errors.js'];

/**
 * @typedef {object} Layer
 * @property {readonly string[]} values what may be imported as it is
 * @property {readonly string[] | 'any'} types what may be imported by `import type` beyond that
 * @property {readonly string[]} libraries the packages of {@link LIBRARIES} that may be used here
 * @property {boolean} [pure] neither packages nor Node's modules, no clock, no randomness, no I/O
 */

/** Packages that have one home; every other package may be used wherever packages may. */
const LIBRARIES = ['@node-rs/argon2', 'bcrypt', 'commander', 'express', 'ioredis', 'lru-cache', 'piscina'];

/** @type {Readonly<Record<string, Layer>>} */
const LAYERS = {
  dynsec: { values: [], types: [], libraries: [], pure: true },
  gate: { values: ['dynsec/'], types: [], libraries: [], pure: true },
  json: { values: ['dynsec/errors.js'], types: [], libraries: [] },
  credentials: {
    values: PORTS,
    types: [],
    libraries: ['@node-rs/argon2', 'bcrypt', 'lru-cache', 'piscina'],
  },
  cache: { values: PORTS, types: ['gate/authorize.js'], libraries: ['lru-cache'] },
  store: { values: [...PORTS, 'json/'], types: [], libraries: [] },
  'store/redis': { values: [...PORTS, 'json/', 'store/'], types: [], libraries: ['ioredis', 'lru-cache'] },
  // What it reads is for `migrate`, which says what to read.
  'store/go-auth-redis': {
    values: [...PORTS, 'migrate/go-auth/redis-keys.js'],
    types: [],
    libraries: ['ioredis'],
  },
  migrate: {
    values: ['dynsec/', 'credentials/parse-password-hash.js', 'credentials/utf8-salt.js'],
    types: ['credentials/password-hash.js'],
    libraries: [],
    pure: true,
  },
  templates: { values: ['dynsec/', 'gate/templates/'], types: [], libraries: [] },
  http: { values: ['gate/', 'json/', ...DYNSEC_WORDS], types: ['dynsec/'], libraries: ['express'] },
  cli: { values: ['gate/', 'dynsec/', 'migrate/'], types: ['config/settings.js'], libraries: ['commander'] },
  workers: { values: PORTS, types: [], libraries: [] },
  telemetry: { values: ['dynsec/'], types: ['gate/'], libraries: [] },
  config: { values: ['dynsec/errors.js', 'store/redis/redis-address.js'], types: 'any', libraries: [] },
};

/** How deep below its layer a file may lie and still be judged by the table; deeper ones import nothing outside. */
const DEPTHS = [0, 1, 2, 3];

/** What a pure layer may not touch: the clock, randomness, the process, the console, timers, the network. */
const IMPURE_GLOBALS = [
  ...['Buffer', 'Date', 'console', 'crypto', 'fetch', 'performance', 'process'],
  ...['global', 'globalThis'],
  ...['queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'],
];

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const anyOf = (paths) => paths.map((path) => escape(path) + (path.endsWith('/') ? '' : '$')).join('|');
const other = (paths) => (paths.length > 0 ? `(?!${anyOf(paths)})` : '');

/** Matches what leaves a folder that lies `steps` folders below src/. */
const leaving = (steps) => `^(?:\\.\\./){${String(steps)}}`;

/** Ways of writing a path around the table: they have no other use. */
const EVASIONS = [
  { regex: '[^./][^/]*/\\.\\.(?:/|$)|^\\./\\.|/\\./|^\\.{1,2}$', message: 'Write the path without detours.' },
  {
    regex: '^(?:/|file:|data:|#|mosquitto-gatehouse(?:/|$))',
    message: 'Write a path relative to this file.',
  },
];

/** Modules that would hand out what the rules of `no-restricted-properties` and this table guard. */
const BACK_DOORS = [
  { regex: '^(?:node:)?process$', message: 'src/main.ts hands the environment and the arguments over.' },
  { regex: '^(?:node:)?module$', message: 'Import statically.' },
];

function libraryPatterns(layer) {
  const elsewhere = LIBRARIES.filter((name) => !layer.libraries.includes(name));
  return elsewhere.map((name) => ({
    regex: `^${escape(name)}(?:/|$)`,
    message: `\`${name}\` has its home in another folder (tools/lint/layers.mjs).`,
  }));
}

/** The two are disjoint: a type import that one pattern with `allowTypeImports` matches passes all of them. */
function pathPatterns(name, layer, steps) {
  const message = `\`src/${name}\` may not import this (the table in tools/lint/layers.mjs).`;
  const asValue = `${leaving(steps)}${other(layer.values)}`;
  if (layer.types === 'any') return [{ regex: asValue, message, allowTypeImports: true }];
  const never = { regex: `${asValue}${other(layer.types)}`, message };
  if (layer.types.length === 0) return [never];
  return [never, { regex: `${asValue}(?:${anyOf(layer.types)})`, message, allowTypeImports: true }];
}

function layerPatterns(name, layer, steps) {
  const pure = {
    regex: '^(?!\\.{1,2}/)',
    message: `\`src/${name}\` is pure: no packages, nothing of Node's.`,
  };
  const paths = pathPatterns(name, layer, steps);
  return [...paths, ...(layer.pure ? [pure] : []), ...libraryPatterns(layer), ...EVASIONS, ...BACK_DOORS];
}

const importRule = (patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns }] });

function layerConfig(name, layer, depth) {
  const steps = name.split('/').length + depth;
  return {
    name: `house/${name}/${String(depth)}`,
    files: [`src/${name}/${'*/'.repeat(depth)}*.ts`],
    rules: importRule(layerPatterns(name, layer, steps)),
  };
}

/** Whatever the table does not name imports nothing but what lies beside or below it. */
const NOWHERE = {
  name: 'house/unknown',
  files: ['src/*/**/*.ts'],
  rules: importRule(layerPatterns('*', { values: [], types: [], libraries: [] }, 1)),
};

/** The composition root, which may import everything; nothing else lies directly in src/. */
const COMPOSITION_ROOT = [
  'src/main.ts',
  'src/service.ts',
  'src/open-store.ts',
  'src/instance.ts',
  'src/logins.ts',
  'src/workers.ts',
];

const BESIDE_THE_ROOT = {
  name: 'house/beside-the-root',
  files: ['src/*.ts'],
  ignores: COMPOSITION_ROOT,
  rules: importRule([
    { regex: '^\\.', message: `Directly in src/ lies the composition root: ${COMPOSITION_ROOT.join(', ')}.` },
  ]),
};

const PURE = {
  name: 'house/pure',
  files: Object.keys(LAYERS)
    .filter((name) => LAYERS[name].pure)
    .map((name) => `src/${name}/**/*.ts`),
  rules: {
    'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
    'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
  },
};

/** The table as ESLint configurations, in the order in which they override one another. */
export const layerConfigs = [
  NOWHERE,
  BESIDE_THE_ROOT,
  ...Object.entries(LAYERS).flatMap(([name, layer]) =>
    DEPTHS.map((depth) => layerConfig(name, layer, depth)),
  ),
  PURE,
];
