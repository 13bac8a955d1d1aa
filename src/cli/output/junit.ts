import { escapeControls } from '../../dynsec/escape-controls.js';

/** A test as JUnit's reports know them. */
export interface JUnitCase {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** Absent: it passed. The message is one line, the text several. */
  readonly failure?: { readonly message: string; readonly text: string };
}

/** A report in the format that CI systems read (JUnit's XML). */
export function junitReport(suite: string, cases: readonly JUnitCase[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeXml(suite)}" ${counts}>`,
    ...cases.map((one) => caseElement(suite, one)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseElement(suite: string, { name, file, line, failure }: JUnitCase): string {
  const place = `classname="${escapeXml(suite)}" file="${escapeXml(file)}" line="${line}"`;
  const start = `    <testcase name="${escapeXml(name)}" ${place}`;
  if (!failure) return `${start}/>`;
  const text = failure.text.split('\n').map(escapeXml).join('\n');
  return `${start}>\n      <failure message="${escapeXml(failure.message)}">${text}</failure>\n    </testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text for an attribute, or one line of an element. What XML 1.0 has no place for becomes U+FFFD. */
function escapeXml(text: string): string {
  return escapeControls(text)
    .replace(/[\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
