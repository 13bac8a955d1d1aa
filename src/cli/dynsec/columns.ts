import { escapeControls } from '../../dynsec/escape-controls.js';

/** A label and its values, one below the other. */
export type Row = readonly [label: string, values: readonly string[]];

/**
 * Lines of labels and values in two columns, as wide as the widest label. A row without values is left out.
 * PARITY: the layout of mosquitto_ctrl 2.0.11, as long as there is nothing to show that it does not show.
 */
export function columns(rows: readonly Row[]): string {
  const shown = rows.filter(([, values]) => values.length > 0);
  const width = Math.max(...shown.map(([label]) => label.length));
  const lines = shown.flatMap(([label, values]) =>
    values.map((value, i) => {
      const start = i === 0 ? label : '';
      return value === '' ? start : `${start.padEnd(width)} ${escapeControls(value)}`;
    }),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** A reference with its priority; -1 is the one that goes without saying. */
export function withPriority(name: string, priority = -1): string {
  return `${name} (priority: ${priority})`;
}

/** The texts for people that an entity may have. */
export function textRows(entity: {
  readonly textname?: string | undefined;
  readonly textdescription?: string | undefined;
}): readonly Row[] {
  const { textname, textdescription } = entity;
  return [
    ['Textname:', textname === undefined ? [] : [textname]],
    ['Textdescription:', textdescription === undefined ? [] : [textdescription]],
  ];
}
