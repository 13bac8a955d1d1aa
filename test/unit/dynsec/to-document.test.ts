import { readFileSync } from 'node:fs';
import { createDefaultConfiguration } from '../../../src/dynsec/document/default-configuration.js';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import { toDocument } from '../../../src/dynsec/document/to-document.js';

const vectors = JSON.parse(readFileSync('test/vectors/commands-2.1.json', 'utf8')) as readonly {
  readonly initial_config: unknown;
  readonly final_config?: unknown;
}[];

describe('writing a document', () => {
  it('makes the same configuration when it is read again, and the same text', () => {
    const documents = vectors
      .flatMap(({ initial_config, final_config }) => [initial_config, final_config ?? []])
      .flat();
    expect(documents.length).toBeGreaterThan(75);
    for (const document of documents) {
      const { configuration } = parseConfiguration(document);
      if (!configuration) throw new Error('a recorded configuration is not taken');
      const text = JSON.stringify(toDocument(configuration));
      const again = parseConfiguration(JSON.parse(text));
      expect(again).toEqual({ configuration, findings: [] });
      expect(again.configuration && JSON.stringify(toDocument(again.configuration))).toBe(text);
    }
  });

  it('leaves nothing of ours in a document that has nothing of ours', () => {
    const text = JSON.stringify(toDocument(createDefaultConfiguration({ admin: 'x', democlient: 'y' })));
    for (const member of ['superuser', 'attributes', 'clientids', 'disabled', 'incarnation']) {
      expect(text).not.toContain(member);
    }
  });

  it('keeps what is ours', () => {
    const client = {
      username: 'u',
      clientids: ['%u', 'x-*'],
      superuser: true,
      attributes: { site: 'north' },
      roles: [],
    };
    const { configuration } = parseConfiguration({ clients: [client] });
    expect(configuration && toDocument(configuration)).toMatchObject({ clients: [client] });
  });
});

describe('the default configuration', () => {
  it('is one that is taken without a finding', () => {
    const configuration = createDefaultConfiguration({ admin: '$7$1$a$b', democlient: '$7$1$c$d' });
    const again = parseConfiguration(JSON.parse(JSON.stringify(toDocument(configuration))));
    expect(again).toEqual({ configuration, findings: [] });
  });
});
