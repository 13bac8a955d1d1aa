import { readFileSync } from 'node:fs';
import { loadTemplates } from '../../../src/templates/load-templates.js';
import { templateDocs } from '../../support/template-docs.js';

describe('docs/templates.md', () => {
  const text = readFileSync('docs/templates.md', 'utf8');

  it('says of each template what the template says', async () => {
    const marker = 'test/unit/templates/docs.test.ts. -->\n\n';
    const [, written] = text.split(marker);
    expect(written).toBe(templateDocs(await loadTemplates('templates')));
  });

  it('has no link to a file that is not there', () => {
    const links = [...text.matchAll(/\]\((\.\.\/[^)]*)\)/g)].map(([, link = '']) => link.replace('../', ''));
    expect(links.length).toBeGreaterThan(10);
    for (const link of links) expect(() => readFileSync(link)).not.toThrow();
  });
});
