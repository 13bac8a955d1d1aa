import { escapeControls } from '../../dynsec/escape-controls.js';

/** A name or topic in backticks, control characters escaped. */
export function quote(name: string): string {
  return `\`${escapeControls(name)}\``;
}

/** JSON for people and programs: indented, what terminals would act upon escaped. */
export function visibleJson(value: unknown): string {
  const lines = JSON.stringify(value, undefined, 2).split('\n');
  return `${lines.map(escapeControls).join('\n')}\n`;
}
