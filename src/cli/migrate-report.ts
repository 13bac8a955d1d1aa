import type { MigrationFinding } from '../migrate/findings.js';
import type { Migration } from '../migrate/migration.js';
import { count } from './output/count.js';

/** What was not carried over, and what is to be known, a line each. */
export function migrationReport({ findings }: Migration): readonly string[] {
  const lost = findings.filter(({ kind }) => kind === 'lost').sort(byPlace);
  const notes = findings.filter(({ kind }) => kind === 'note');
  return [...section('not carried over:', lost), ...section('to be known:', notes)];
}

/** Lines by their numbers, keys by their names. */
function byPlace(a: MigrationFinding, b: MigrationFinding): number {
  return a.place.localeCompare(b.place, 'en', { numeric: true });
}

function section(title: string, findings: readonly MigrationFinding[]): readonly string[] {
  if (findings.length === 0) return [];
  return [title, ...findings.map(({ place, message }) => `  ${place === '' ? '' : `${place}: `}${message}`)];
}

/** The whole in a line. */
export function migrationSummary({ configuration: { clients, roles, groups }, findings }: Migration): string {
  const made = [count(clients.size, 'client'), count(roles.size, 'role'), count(groups.size, 'group')].join(
    ', ',
  );
  const lost = findings.filter(({ kind }) => kind === 'lost').length;
  return `made ${made}; ${lost === 0 ? 'everything was carried over' : `not carried over: ${lost} of what was found`}`;
}
