/** docs/openapi.yaml, read so that a test can hold answers against it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import type { Answer } from '../http/call.js';

/** Where the document is. */
export const DOCUMENT_FILE = resolve('docs/openapi.yaml');

/** A part of the document. */
export type Part = Readonly<Record<string, unknown>>;

/** One method of one path. */
export interface Operation {
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  /** The documented answers. */
  readonly responses: ReadonlyMap<number, DocumentedResponse>;
  /** The schema of a JSON body, where there is one. */
  readonly requestSchema: string | undefined;
}

/** One documented answer. */
export interface DocumentedResponse {
  /** By media type, pointers to the schemas of the body; none where there is no body. */
  readonly content: ReadonlyMap<string, string>;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, DocumentedHeader>;
}

/** One header field of it. */
interface DocumentedHeader {
  /** A pointer. */
  readonly schema: string;
  readonly isRequired: boolean;
}

/** What HTTP itself adds to an answer. */
const HEADERS_OF_HTTP = new Set([
  ...['content-type', 'content-length', 'transfer-encoding', 'date', 'connection', 'keep-alive'],
]);

/** Misspelt words throw. A `required` may stand apart from the `properties`. */
const STRICT = { strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true } as const;

const SCHEMAS = '#/components/schemas/';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** The document, with validators for what it describes. */
export class OpenApiDocument {
  readonly root: Part;
  readonly operations: readonly Operation[];
  readonly #ajv = new Ajv2020(STRICT);
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(text = readFileSync(DOCUMENT_FILE, 'utf8')) {
    this.root = parse(text) as Part;
    addFormats.default(this.#ajv);
    for (const name of this.schemaNames) this.#ajv.addSchema(this.#schemaAt(`${SCHEMAS}${name}`), name);
    this.operations = this.#readOperations();
  }

  /** What is at a pointer such as `#/components/schemas/Allowed`. */
  at(pointer: string): unknown {
    const names = pointer.split('/').slice(1).map(unescape);
    return names.reduce<unknown>((part, name) => (part as Part | undefined)?.[name], this.root);
  }

  /** The names of the schemas. */
  get schemaNames(): readonly string[] {
    return Object.keys(this.at('#/components/schemas') as Part);
  }

  /** The words that a schema allows. */
  enumOf(schema: string): readonly string[] {
    return this.at(`#/components/schemas/${schema}/enum`) as readonly string[];
  }

  /** An operation by its name, such as `POST /auth/acl`. @throws Error where there is none. */
  operation(name: string): Operation {
    const found = this.operations.find(({ method, path }) => `${method} ${path}` === name);
    if (!found) throw new Error(`\`${name}\` is not documented`);
    return found;
  }

  /** A path with the examples of its parameters in their places. */
  exampleOf(path: string): string {
    const parameters = this.at(`#/paths/${escape(path)}/parameters`) as readonly unknown[] | undefined;
    return (parameters ?? []).reduce<string>((filled, _parameter, i) => {
      const { name, example } = this.at(
        this.#follow(`#/paths/${escape(path)}/parameters/${String(i)}`),
      ) as Part;
      return filled.replace(`{${String(name)}}`, String(example));
    }, path);
  }

  /** The answer that a reference such as `x-any-other-request` stands for. */
  responseAt(pointer: string): DocumentedResponse {
    return this.#readResponse(pointer);
  }

  /** What keeps a value from fitting a schema. */
  problemsOfValue(value: unknown, schema: string): readonly string[] {
    const validate = this.#validator(schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  }

  /** What keeps an answer from fitting a documented one, its status aside. */
  problemsOfAnswer(answer: Answer, { content, headers }: DocumentedResponse): readonly string[] {
    return [...this.#problemsOfHeaders(answer, headers), ...this.#problemsOfBody(answer, content)];
  }

  /** Follows a `$ref` and the ones behind it. */
  #follow(pointer: string): string {
    const part = this.at(pointer) as Part | undefined;
    if (part === undefined) throw new Error(`nothing is at \`${pointer}\``);
    return typeof part['$ref'] === 'string' ? this.#follow(part['$ref']) : pointer;
  }

  #readOperations(): readonly Operation[] {
    return Object.keys(this.root['paths'] as Part).flatMap((path) =>
      METHODS.flatMap((method) => {
        const pointer = `#/paths/${escape(path)}/${method}`;
        if (this.at(pointer) === undefined) return [];
        return [{ method: method.toUpperCase(), path, ...this.#readOperation(pointer) }];
      }),
    );
  }

  #readOperation(pointer: string): Pick<Operation, 'responses' | 'requestSchema'> {
    const { responses, requestBody } = this.at(pointer) as Part;
    const statuses = Object.keys(responses as Part);
    const body = requestBody === undefined ? undefined : this.#follow(`${pointer}/requestBody`);
    return {
      responses: new Map(
        statuses.map((status) => [Number(status), this.#readResponse(`${pointer}/responses/${status}`)]),
      ),
      requestSchema: body && `${body}/content/application~1json/schema`,
    };
  }

  #readResponse(reference: string): DocumentedResponse {
    const pointer = this.#follow(reference);
    const { content = {}, headers = {} } = this.at(pointer) as { content?: Part; headers?: Part };
    const named = Object.keys(headers).map((name) => {
      const header = this.#follow(`${pointer}/headers/${name}`);
      const { required } = this.at(header) as Part;
      if (typeof required !== 'boolean') throw new Error(`\`${header}\` may or may not be required`);
      return [name.toLowerCase(), { schema: `${header}/schema`, isRequired: required }] as const;
    });
    const schemas = Object.keys(content).map(
      (type) => [type, `${pointer}/content/${escape(type)}/schema`] as const,
    );
    return { headers: new Map(named), content: new Map(schemas) };
  }

  #problemsOfHeaders({ headers }: Answer, documented: DocumentedResponse['headers']): readonly string[] {
    const unknown = Object.keys(headers).filter(
      (name) => !documented.has(name) && !HEADERS_OF_HTTP.has(name),
    );
    return [
      ...unknown.map((name) => `the header field \`${name}\` is not documented`),
      ...[...documented].flatMap(([name, { schema, isRequired }]) => {
        if (headers[name] === undefined && !isRequired) return [];
        return this.problemsOfValue(headers[name], schema).map(
          (problem) => `header field \`${name}\`:${problem}`,
        );
      }),
    ];
  }

  #problemsOfBody(answer: Answer, content: ReadonlyMap<string, string>): readonly string[] {
    const type = mediaTypeOf(answer);
    if (content.size === 0) {
      return type === '' && answer.text === '' ? [] : [`there is a body, of type \`${type}\``];
    }
    const schema = content.get(type);
    if (schema === undefined) return [`the type \`${type}\` is not documented`];
    const charset = /;\s*charset=([^;]*)/.exec(answer.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
    const problems = this.problemsOfValue(valueOf(answer), schema);
    return charset === 'utf-8' ? problems : [`the charset is \`${charset}\``, ...problems];
  }

  /** A schema by itself, which refers to others by their names. */
  #schemaAt(pointer: string): Part {
    const schema = this.at(pointer);
    if (schema === undefined) throw new Error(`there is no schema at \`${pointer}\``);
    const rename = (key: string, value: unknown): unknown =>
      key === '$ref' && typeof value === 'string' ? value.replace(SCHEMAS, '') : value;
    return JSON.parse(JSON.stringify(schema, rename)) as Part;
  }

  #validator(schema: string): ValidateFunction {
    let validate = this.#validators.get(schema);
    if (!validate) this.#validators.set(schema, (validate = this.#ajv.compile(this.#schemaAt(schema))));
    return validate;
  }
}

/** The media type of an answer without its parameters; empty where it has none. */
export function mediaTypeOf({ headers }: Answer): string {
  return (headers['content-type'] ?? '').split(';', 1)[0] ?? '';
}

/** What an answer says: parsed, where it is JSON. */
export function valueOf(answer: Answer): unknown {
  return mediaTypeOf(answer) === 'application/json' ? (JSON.parse(answer.text) as unknown) : answer.text;
}

function escape(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescape(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}
