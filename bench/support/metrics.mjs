/** Reads metrics of an instance. @returns a function that adds up all lines of that name with those labels. */
export async function readMetrics({ url, token }) {
  const answer = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${token}` } });
  if (answer.status !== 200) throw new Error(`${url}/metrics: ${answer.status}`);
  const lines = (await answer.text()).split('\n');
  return (name, labels = {}) => {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const matches = (line) =>
      /^[\w:]+/.exec(line)?.[0] === name && wanted.every((text) => line.includes(text));
    return lines.filter(matches).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
}

/** How many comparisons of passwords instances have computed since they started. */
export async function hashesComputed(instances) {
  const counts = await Promise.all(
    instances.map(async (instance) => {
      const metric = await readMetrics(instance);
      return metric('gatehouse_hash_duration_seconds_count', { kind: 'compare' });
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
