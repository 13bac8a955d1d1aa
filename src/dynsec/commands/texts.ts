import type { Texts } from '../document/texts.js';
import type { CommandMembers } from './command-members.js';
import { toUnicodeText } from './unicode-text.js';

/** The texts of an entity to be. @throws CommandRefusal where one is no string. */
export function readTexts(members: CommandMembers): Texts {
  const textname = members.strictString('textname');
  return textsOf(textname, members.strictString('textdescription'));
}

/** The texts that change; one that is no string does not. */
export function readChangedTexts(members: CommandMembers): Texts {
  return textsOf(members.lenientString('textname'), members.lenientString('textdescription'));
}

function textsOf(textname: string | undefined, textdescription: string | undefined): Texts {
  return {
    ...(textname === undefined ? {} : { textname: toUnicodeText(textname) }),
    ...(textdescription === undefined ? {} : { textdescription: toUnicodeText(textdescription) }),
  };
}
