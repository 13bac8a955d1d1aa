import type { Members } from './members.js';

/** The two texts for people that every entity may have. */
export interface Texts {
  readonly textname?: string;
  readonly textdescription?: string;
}

/** Reads them; an empty text is one. */
export function parseTexts(members: Members): Texts {
  const textname = members.string('textname');
  const textdescription = members.string('textdescription');
  return {
    ...(textname === undefined ? {} : { textname }),
    ...(textdescription === undefined ? {} : { textdescription }),
  };
}
