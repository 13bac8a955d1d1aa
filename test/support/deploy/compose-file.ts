/** docker-compose.yml, read as Compose reads it, and the form that it has to have. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

/** A service as far as the tests look at it. */
export interface ComposeService {
  readonly image: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks: readonly string[] | Readonly<Record<string, { readonly aliases?: readonly string[] }>>;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly ports?: readonly string[];
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, object>>;
  readonly healthcheck: { readonly test: readonly string[] };
}

/** The file. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, object>>;
  readonly volumes: Readonly<Record<string, object>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** Reads it. Throws with every place where it is not what Compose takes. */
export function readComposeFile(): ComposeFile {
  const file = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as ComposeFile;
  const problems = problemsOf(file);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return file;
}

/** Where something is not of the form, and why. */
export function problemsOf(file: unknown): readonly string[] {
  const validate = new Ajv2020({ allErrors: true }).compile(SCHEMA);
  validate(file);
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath}: ${message}`);
}

const NAME = '^[a-zA-Z0-9._-]+$';
const DURATION = { type: 'string', pattern: '^(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$', minLength: 1 };
const TEXTS = { type: 'array', items: { type: 'string' }, uniqueItems: true };
const ARGUMENTS = { type: 'array', items: { type: 'string' }, minItems: 1 };

/** An object of these members and no others. */
function object(properties: object, required: readonly string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** An object whose members have names as Compose allows them. */
function named(member: object): object {
  return { type: 'object', patternProperties: { [NAME]: member }, additionalProperties: false };
}

const HEALTHCHECK = object(
  {
    test: { ...ARGUMENTS, contains: { const: 'CMD' }, minItems: 2 },
    interval: DURATION,
    timeout: DURATION,
    start_period: DURATION,
    retries: { type: 'integer', minimum: 1 },
  },
  ['test', 'interval', 'timeout', 'retries'],
);

/** `image` and what a file of this kind says beside it: the parts of the Compose Specification that are used here. */
const SERVICE = object(
  {
    build: { type: 'string' },
    image: { type: 'string', pattern: '^\\S+$' },
    restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
    command: ARGUMENTS,
    environment: {
      type: 'object',
      patternProperties: { '^[A-Z_]+$': { type: 'string' } },
      additionalProperties: false,
    },
    secrets: {
      type: 'array',
      items: {
        anyOf: [
          { type: 'string', pattern: NAME },
          object({ source: { type: 'string', pattern: NAME }, target: { type: 'string' } }, ['source']),
        ],
      },
    },
    networks: { anyOf: [TEXTS, named(object({ aliases: TEXTS }))] },
    volumes: { type: 'array', items: { type: 'string', pattern: '^[^:]+:/[^:]+(:ro)?$' } },
    ports: { type: 'array', items: { type: 'string', pattern: '^(\\d+\\.\\d+\\.\\d+\\.\\d+:)?\\d+:\\d+$' } },
    read_only: { type: 'boolean' },
    cap_drop: TEXTS,
    security_opt: TEXTS,
    depends_on: named(
      object(
        { condition: { enum: ['service_started', 'service_healthy', 'service_completed_successfully'] } },
        ['condition'],
      ),
    ),
    healthcheck: HEALTHCHECK,
    stop_grace_period: DURATION,
  },
  ['image', 'healthcheck', 'networks'],
);

const SCHEMA = {
  type: 'object',
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' },
    services: named(SERVICE),
    networks: named(object({ internal: { type: 'boolean' } })),
    volumes: named(object({})),
    secrets: named(object({ file: { type: 'string' } }, ['file'])),
  },
  // Fragments that YAML puts into other places.
  patternProperties: { '^x-': {} },
  required: ['services'],
  additionalProperties: false,
};
