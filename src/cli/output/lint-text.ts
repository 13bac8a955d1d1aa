import { escapeControls } from '../../dynsec/escape-controls.js';
import type { LintEntity, LintFinding } from '../../dynsec/lint/lint-finding.js';
import { count } from './count.js';
import type { Palette } from './palette.js';
import { quote } from './visible.js';

/** How many findings of one kind are written out. */
const MAX_OF_A_KIND = 100;

/** Findings for people, one a line, and their sums. */
export function lintText(path: string, findings: readonly LintFinding[], palette: Palette): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const paint = errors > 0 ? palette.bad : warnings > 0 ? palette.caution : palette.good;
  const sums = `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  const lines = byKind(findings).flatMap((kind) => kindLines(path, kind, palette));
  return [...lines, paint(findings.length === 0 ? `${escapeControls(path)}: nothing found` : sums), ''].join(
    '\n',
  );
}

/** Findings of a kind stand together. */
function byKind(findings: readonly LintFinding[]): readonly (readonly LintFinding[])[] {
  const kinds = new Map<string, LintFinding[]>();
  for (const finding of findings) {
    const kind = kinds.get(finding.id);
    if (kind) kind.push(finding);
    else kinds.set(finding.id, [finding]);
  }
  return [...kinds.values()];
}

function kindLines(path: string, findings: readonly LintFinding[], palette: Palette): readonly string[] {
  const shown = findings.slice(0, MAX_OF_A_KIND).map((finding) => lineOf(path, finding, palette));
  const others = findings.length - shown.length;
  const id = palette.faint(`[${findings[0]?.id ?? ''}]`);
  return others > 0 ? [...shown, `and ${others} more of this kind; --json names all of them ${id}`] : shown;
}

function lineOf(path: string, { id, severity, entity, message }: LintFinding, palette: Palette): string {
  const word = severity === 'error' ? palette.bad('error') : palette.caution('warning');
  const place = [path, ...describeEntity(entity)].map(escapeControls).join(': ');
  return `${word} ${place}: ${escapeControls(message)} ${palette.faint(`[${id}]`)}`;
}

/** What is named before the message; clients are named in it. */
function describeEntity(entity: LintEntity): readonly string[] {
  switch (entity.kind) {
    case 'role':
      return [`role ${quote(entity.rolename)}`];
    case 'acl':
      return [`role ${quote(entity.rolename)}`, `${entity.acltype} ${quote(entity.topic)}`];
    case 'group':
      return [`group ${quote(entity.groupname)}`];
    case 'document':
      return [entity.pointer === '' ? '/' : entity.pointer];
    case 'clients':
      return [];
  }
}
