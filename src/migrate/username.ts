/**
 * Whether `%u` stands for this user name exactly as text put in its place would: it divides no levels, is no
 * wildcard, and does not begin with `$`, which the text of a template tells and a value does not. It holds no NUL.
 */
export function isPlainUsername(username: string): boolean {
  return username !== '' && !/^\$|[+#/]/.test(username);
}

/** Whether a user name holds a wildcard, so that a topic with the name put in would reach beyond it. */
export function holdsWildcard(username: string): boolean {
  return /[+#]/.test(username);
}
