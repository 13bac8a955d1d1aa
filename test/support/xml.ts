/** A strict reader of the XML that reports are made of: elements, attributes and text, nothing else. */

/** An element; text around children is left out where it is white space. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const DECLARATION = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/;
const TAG = /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/y;
const TEXT = /[^<]+/y;

/** What XML 1.0 allows in a document ([2] Char). */
const CHARS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Reads a document. Throws where it is not well-formed. */
export function parseXml(document: string): XmlElement {
  if (!CHARS.test(document)) throw new Error('a character that XML does not have');
  const start = DECLARATION.exec(document)?.[0].length;
  if (start === undefined) throw new Error('no declaration');
  const open: { element: XmlElement & { text: string; children: XmlElement[] } }[] = [];
  let root: XmlElement | undefined;
  for (let at = start; at < document.length;) {
    const isTag = document[at] === '<';
    const pattern = isTag ? TAG : TEXT;
    pattern.lastIndex = at;
    const match = pattern.exec(document);
    if (!match) throw new Error(`not well-formed: ${document.slice(at, at + 60)}`);
    at = pattern.lastIndex;
    const parent = open.at(-1)?.element;
    if (!isTag) {
      if (match[0].trim() === '') continue;
      if (!parent) throw new Error('text outside of the document');
      parent.text += unescape(match[0]);
      continue;
    }
    const [, slash, name = '', attributes = '', selfClosing] = match;
    if (slash) {
      if (open.pop()?.element.name !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    const element = { name, attributes: parseAttributes(attributes), text: '', children: [] };
    if (!parent && root) throw new Error('two roots');
    if (parent) parent.children.push(element);
    root ??= element;
    if (!selfClosing) open.push({ element });
  }
  if (!root || open.length > 0) throw new Error('ends too early');
  return root;
}

function parseAttributes(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, unescape(value)] as const,
  );
  if (new Set(pairs.map(([name]) => name)).size < pairs.length)
    throw new Error(`an attribute twice: ${text}`);
  return Object.fromEntries(pairs);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

function unescape(text: string): string {
  return text.replace(/&([a-z]*;?)/g, (_, name: string) => {
    const character = ENTITIES[name.slice(0, -1)];
    if (!name.endsWith(';') || character === undefined) throw new Error(`a bare & in ${text}`);
    return character;
  });
}
