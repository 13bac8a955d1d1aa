import type { Finding } from '../../dynsec/document/finding.js';
import { describeFinding } from '../../dynsec/document/finding.js';
import { escapeControls } from '../../dynsec/escape-controls.js';
import type { Imported, Trial } from '../import-replies.js';

/** How many lines of one kind are written out. */
const MAX_LINES = 20;

const KINDS = ['clients', 'groups', 'roles'] as const;
const MARKS = [
  ['created', '+'],
  ['changed', '~'],
  ['deleted', '-'],
] as const;

/** Whether a document would change anything. */
export function hasChanges({ changes }: Pick<Trial, 'changes'>): boolean {
  const lists = KINDS.flatMap((kind) => Object.values(changes[kind]));
  return changes.settings || lists.some(({ length }) => length > 0);
}

/** What a document would change, for people. */
export function trialText(trial: Trial): string {
  if (!hasChanges(trial)) return 'nothing would change\n';
  const { changes, touched } = trial;
  const lines = [
    ...KINDS.flatMap((kind) => describeChanges(kind, changes[kind])),
    ...(changes.settings ? ['settings: changed'] : []),
    `clients whose checks may be answered otherwise: ${touched.length}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** That a document is in place. */
export function importedText({ counts, revision }: Imported): string {
  const { clients, groups, roles } = counts;
  return `imported: ${clients} clients, ${groups} groups, ${roles} roles, revision ${escapeControls(revision)}\n`;
}

/** What is wrong with a document, a line each, as it stands there. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  return shorten(findings.map((finding) => `${finding.severity}: ${describeFinding(finding)}`));
}

function describeChanges(kind: string, changes: Trial['changes']['clients']): readonly string[] {
  const sums = MARKS.map(([name]) => `${changes[name].length} ${name}`).join(', ');
  const names = MARKS.flatMap(([name, mark]) => {
    return shorten(changes[name].map((entity) => `${mark} ${escapeControls(entity)}`));
  });
  return [`${kind}: ${sums}`, ...names.map((line) => `  ${line}`)];
}

function shorten(lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `... and ${lines.length - MAX_LINES} more (--json shows all)`];
}
