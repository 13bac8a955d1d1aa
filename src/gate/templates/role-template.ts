import type { Acl } from '../../dynsec/entities.js';

/** What a value of a topic parameter may hold beyond plain text, because the template means it so. */
export const ALLOWANCES = ['wildcards', 'variables', '$SYS'] as const;

/** One of them. */
export type Allowance = (typeof ALLOWANCES)[number];

interface DescribedParameter {
  readonly description: string;
  /** The value where none is given. */
  readonly default: string;
}

/** A parameter whose value goes into topics as it is. */
export interface TopicParameter extends DescribedParameter {
  readonly type: 'level' | 'prefix' | 'filter';
  readonly allows: readonly Allowance[];
}

/**
 * What a parameter of a template is.
 * - `level`: one level of a topic.
 * - `prefix`: one level or several.
 * - `filter`: a topic filter.
 * - `attribute`: the name of a client's attribute, for `%{NAME}`.
 * - `choice`: one of a few texts.
 */
export type TemplateParameter =
  | TopicParameter
  | (DescribedParameter & { readonly type: 'attribute' })
  | (DescribedParameter & { readonly type: 'choice'; readonly choices: readonly string[] });

/** A role with parameters: `${name}` in the topics of its ACLs stands for the value of a parameter. */
export interface RoleTemplate {
  /** Also that of the role, where it is given none. */
  readonly name: string;
  /** One line. */
  readonly title: string;
  /** What the role allows, and to whom it should be given. */
  readonly description: string;
  /** By name, in the order in which people are told of them. */
  readonly parameters: ReadonlyMap<string, TemplateParameter>;
  readonly acls: readonly Acl[];
}

/** The templates that there are, in byte order of their names. */
export type TemplateCatalogue = ReadonlyMap<string, RoleTemplate>;
