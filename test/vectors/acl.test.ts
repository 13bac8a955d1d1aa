import { loadEngine } from '../support/engine.js';
import { aclDeviations, aclVectors } from '../support/acl-vectors.js';

const OPTIONS = { allowAnonymous: true, sharedSubscriptions: 'dynsec' } as const;

describe('the recorded ACL decisions of Mosquitto 2.1.2', () => {
  const vectors = aclVectors();

  it('are answered alike, but for the listed deviations', () => {
    const different = vectors.filter(({ config, request, recorded }) => {
      return loadEngine(config, OPTIONS)(request).allowed !== recorded;
    });
    expect(different.map(({ deviation }) => deviation?.reason)).not.toContain(undefined);
    expect(different).toHaveLength(aclDeviations().length);
    expect(vectors.length).toBe(1_770);
  });

  it('are answered as the list says where they deviate', () => {
    const deviating = vectors.flatMap(({ deviation, ...vector }) =>
      deviation ? { ...vector, deviation } : [],
    );
    expect(deviating).toHaveLength(aclDeviations().length);
    for (const { config, request, deviation } of deviating) {
      expect(loadEngine(config, OPTIONS)(request).allowed).toBe(deviation.ours);
    }
  });
});
