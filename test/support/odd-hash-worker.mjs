/*
 * A worker file for hash threads whose computations go as the password says.
 */
const never = () => new Promise(() => {});

const BEHAVIOURS = {
  'say yes': () => true,
  'name the scheme': ({ hash }) => {
    throw new Error(`scheme: ${hash.scheme}`);
  },
  'end the thread': () => process.exit(3),
  'crash the thread': () => {
    setTimeout(() => {
      throw new Error('crashed');
    }, 1);
    return never();
  },
  'never answer': never,
};

/** Reads the password up to NUL, as some libraries do. Answers false where it says nothing. */
export function computeHashTask(task) {
  const [word] = task.password.split('\0');
  return BEHAVIOURS[word]?.(task) ?? false;
}
