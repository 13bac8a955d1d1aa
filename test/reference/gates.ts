/**
 * What is refused before anybody asks who is there: names and filters that no broker lets through, and what
 * Mosquitto refuses to every client (dynsec specification 5.0).
 */
import type { Access } from '../../src/dynsec/entities.js';

const MAX_BYTES = 65_535;
const MAX_SLASHES = 200;

/** Whether the request can be allowed to anybody at all. */
export function passesGates(access: Access, topic: string): boolean {
  if (access === 'subscribe' || access === 'unsubscribe') return isTopicFilter(topic) && !isBadShare(topic);
  if (!isTopicName(topic) || topic.startsWith('$share')) return false;
  if (access === 'publishClientSend' && topic.startsWith('$SYS')) return isConnectionState(topic);
  return true;
}

/** `$share/GROUP/FILTER` in its two parts, or undefined where the filter is not shared (or badly). */
export function shareParts(filter: string): { readonly group: string; readonly inner: string } | undefined {
  const [share, group, ...inner] = filter.split('/');
  if (share !== '$share' || group === undefined || /[+#]/.test(group)) return undefined;
  return inner.join('/') === '' ? undefined : { group, inner: inner.join('/') };
}

function isBadShare(filter: string): boolean {
  return filter.split('/')[0] === '$share' && shareParts(filter) === undefined;
}

function isConnectionState(topic: string): boolean {
  const levels = topic.split('/');
  const expected = ['$SYS', 'broker', 'connection', levels[3], 'state'];
  return levels.length === 5 && levels.every((level, index) => level === expected[index]);
}

function isTopicName(topic: string): boolean {
  return isTopicText(topic) && !/[+#]/.test(topic);
}

function isTopicFilter(filter: string): boolean {
  const levels = filter.split('/');
  return (
    isTopicText(filter) &&
    levels.every((level, index) => {
      if (level === '+') return true;
      if (level === '#') return index === levels.length - 1;
      return !/[+#]/.test(level);
    })
  );
}

function isTopicText(text: string): boolean {
  return (
    text !== '' &&
    text.split('/').length - 1 <= MAX_SLASHES &&
    Buffer.byteLength(text) <= MAX_BYTES &&
    [...text].every((character) => isMqttCharacter(character.codePointAt(0) ?? 0))
  );
}

/** Lone halves of a surrogate pair come here as themselves: no UTF-8 has them. */
function isMqttCharacter(code: number): boolean {
  if (code <= 0x1f || (code >= 0x7f && code <= 0x9f)) return false;
  if (code >= 0xd800 && code <= 0xdfff) return false;
  if (code >= 0xfdd0 && code <= 0xfdef) return false;
  return (code & 0xfffe) !== 0xfffe;
}
