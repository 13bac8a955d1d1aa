import { Argument, Option } from 'commander';
import { ACCESSES, ACL_TYPES } from '../../dynsec/entities.js';
import type { Flag, Parameter } from './grammar.js';
import { collect, parseAllow, parseBoolean, parseInteger, parseReference, parseWord } from './values.js';

/** The arguments that several commands have. */
export const USERNAME = named('username', 'the client');
export const GROUPNAME = named('groupname', 'the group');
export const ROLENAME = named('rolename', 'the role');

export const PRIORITY: Parameter = {
  member: 'priority',
  argument: new Argument('[priority]', 'higher ones are looked at first').argParser(parseInteger),
};

export const ACL_TYPE: Parameter = {
  member: 'acltype',
  argument: oneOf(new Argument('<acltype>', 'what the ACL is about'), ACL_TYPES),
};

export const ACCESS: Parameter = {
  member: 'acltype',
  argument: oneOf(new Argument('<acltype>', 'which access'), ACCESSES),
};

export const TOPIC: Parameter = {
  member: 'topic',
  argument: new Argument('<topicFilter>', 'a topic filter, with variables such as %u'),
};

export const ALLOW: Parameter = {
  member: 'allow',
  argument: new Argument('<allow|deny>', 'what becomes of it')
    .choices(['allow', 'deny'])
    .argParser(parseAllow),
};

/** Of lists. PARITY: mosquitto_ctrl does not send what is not above 0 (2.0.11): then all are listed. */
export const PAGE: readonly Parameter[] = [
  { member: 'count', argument: new Argument('[count]', 'how many at most').argParser(parsePage) },
  { member: 'offset', argument: new Argument('[offset]', 'how many to pass over').argParser(parsePage) },
];

/** Texts for people, which every entity may have. */
export const TEXTS: readonly Flag[] = [
  { member: 'textname', options: [new Option('--textname <text>', 'a name for people')] },
  {
    member: 'textdescription',
    options: [new Option('--textdescription <text>', 'a description for people')],
  },
];

/** References by name and priority, one flag for each; `--no-roles` and the like: none. */
export function references(member: string, nameMember: string, help: string): Flag {
  return {
    member,
    options: [
      new Option(
        `--${member} <${nameMember}>`,
        `${help}, as NAME or NAME:PRIORITY; may be repeated`,
      ).argParser(collect(parseReference(nameMember))),
    ],
    negated: [],
  };
}

export const WILDCARDS: Flag = {
  member: 'allowwildcardsubs',
  options: [
    new Option('--allowwildcardsubs <true|false>', 'whether filters with + and # may be subscribed')
      .choices(['true', 'false'])
      .argParser(parseBoolean),
  ],
};

export const VERBOSE: Flag = {
  member: 'verbose',
  options: [new Option('-v, --verbose', 'everything about each, not just the names')],
};

/** A flag together with its opposite, which takes away what is there. */
export function withOpposite(flag: Flag, help: string): Flag {
  return { ...flag, options: [...flag.options, new Option(`--no-${flag.member}`, help)] };
}

function parsePage(text: string): number | undefined {
  const number = parseInteger(text);
  return number > 0 ? number : undefined;
}

function named(member: string, help: string): Parameter {
  return { member, argument: new Argument(`<${member}>`, help) };
}

/** In any case; the choices are for help and completion. */
function oneOf(argument: Argument, words: readonly string[]): Argument {
  return argument.choices(words).argParser(parseWord(words));
}
