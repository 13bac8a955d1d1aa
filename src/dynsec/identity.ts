/**
 * Who asks, as far as topic templates can tell: the values of their variables.
 */
export interface Identity {
  /** Null: no user name was sent. */
  readonly username: string | null;
  /** Null: not known. */
  readonly clientid: string | null;
  /** The group through which the role at hand was reached; null for a role held directly. */
  readonly group: string | null;
  /** The client's own attributes. */
  readonly attributes: ReadonlyMap<string, string> | undefined;
}

/** A variable of a topic template: one of the three reserved names, or an attribute. */
export type Variable = 'username' | 'clientid' | 'group' | { readonly attribute: string };

/**
 * The value of a variable, or undefined where it has none that may stand in a topic.
 * SECURITY: a value that is missing, empty, or holds a wildcard, a slash or NUL would reach beyond its level
 * or mean something else than itself (CVE-2017-7650); it satisfies no allow and dodges no deny.
 */
export function safeValue(identity: Identity, variable: Variable): string | undefined {
  const value = valueOf(identity, variable);
  return value && !UNSAFE.test(value) ? value : undefined;
}

const UNSAFE = /[+#/\0]/;

function valueOf(identity: Identity, variable: Variable): string | null | undefined {
  if (typeof variable !== 'string') return identity.attributes?.get(variable.attribute);
  return identity[variable];
}
