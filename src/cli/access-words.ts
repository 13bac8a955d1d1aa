import type { Access } from '../dynsec/entities.js';

/** What clients do, in the words of MQTT. */
export const ACCESS_WORDS = {
  publish: 'publishClientSend',
  receive: 'publishClientReceive',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
} as const satisfies Record<string, Access>;

/** One of these words. */
export type AccessWord = keyof typeof ACCESS_WORDS;

/** All of them. */
export const ACCESS_WORD_LIST = Object.keys(ACCESS_WORDS) as readonly AccessWord[];
