import { escapeControls } from '../../dynsec/escape-controls.js';

/** Names, one a line; whole entities with an empty line between them. */
export function renderList<T extends object>(
  elements: readonly (string | T)[],
  render: (element: T) => string,
): string {
  return elements
    .map((element, i) => {
      if (typeof element === 'string') return `${escapeControls(element)}\n`;
      return i === 0 ? render(element) : `\n${render(element)}`;
    })
    .join('');
}
