import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { fieldsOf } from './case-schema.js';
import type { CasesProblem } from './cases-error.js';
import type { YamlPath, YamlText } from './yaml-text.js';

/** What zod has found, for people: the line, the field, the value, and what is wrong with it. */
export function describeIssue(issue: z.core.$ZodIssue, yaml: YamlText): readonly CasesProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => describeKey(issue.path, key, yaml));
  const { path, value } = find(issue.path, yaml.value);
  return [{ line: yaml.lineOf(path), message: placeOf(path) + describeValue(value, issue.message) }];
}

function describeKey(path: YamlPath, key: string, yaml: YamlText): CasesProblem {
  const known = fieldsOf(path[0] === 'settings' ? 'settings' : path[0] === 'cases' ? 'case' : 'document');
  const message = `${placeOf(path)}there is no field \`${key}\`; the nearest is \`${closest(key, known)}\``;
  return { line: yaml.lineOfKey(path, key), message };
}

function describeValue(value: unknown, problem: string): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is empty; a text that begins with `#`, or is nothing, goes into quotes';
  return `\`${JSON.stringify(value).slice(0, 80)}\` ${problem}`;
}

/** The value at a path, and the path as far as it is in the document: a value stands where a list of one could. */
function find(path: YamlPath, root: unknown): { readonly path: YamlPath; readonly value: unknown } {
  let value = root;
  for (const [i, step] of path.entries()) {
    if (typeof step === 'number' && !Array.isArray(value)) return { path: path.slice(0, i), value };
    value =
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }
  return { path, value };
}

/** `case 3: topic: `; cases are counted from 1. */
function placeOf(path: YamlPath): string {
  const [part, index, ...fields] = path;
  if (part === 'cases' && typeof index === 'number') {
    const names = fields.filter((step) => typeof step === 'string');
    return [`case ${index + 1}`, ...names].map((name) => `${name}: `).join('');
  }
  return path.map((step) => `${String(step)}: `).join('');
}
