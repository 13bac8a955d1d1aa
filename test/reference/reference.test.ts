import { aclDeviations, aclVectors } from '../support/acl-vectors.js';
import { referenceDecide, type ReferenceOptions } from './decide.js';

const AS_RECORDED: ReferenceOptions = { allowAnonymous: true, sharedSubscriptions: 'dynsec' };

describe('the reference, held against the recorded decisions of Mosquitto 2.1.2', () => {
  const vectors = aclVectors();

  it('answers every one as Mosquitto did, or as a listed deviation says', () => {
    const wrong = vectors.filter(({ config, request, recorded, deviation }) => {
      const { allowed } = referenceDecide(config, request, AS_RECORDED);
      return allowed !== (deviation?.ours ?? recorded);
    });
    expect(vectors).toHaveLength(1770);
    expect(wrong).toEqual([]);
  });

  it('differs in six of them', () => {
    expect(aclDeviations()).toHaveLength(6);
    expect(vectors.filter(({ deviation }) => deviation !== undefined)).toHaveLength(6);
  });

  it('lists as deviations only answers that differ', () => {
    const idle = vectors.filter(({ recorded, deviation }) => deviation?.ours === recorded);
    expect(idle).toEqual([]);
  });
});
