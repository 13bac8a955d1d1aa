import comments from '@eslint-community/eslint-plugin-eslint-comments';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { layerConfigs } from './tools/lint/layers.mjs';

const SCRIPTS = ['**/*.mjs', '*.js'];
const ENTRY = 'src/main.ts';

const enums = { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' };
const dynamicImports = {
  selector: 'ImportExpression, TSImportType, TSImportEqualsDeclaration',
  message: 'Import statically, where the import rules look.',
};
const hiddenProcess = {
  selector: 'MemberExpression[property.name=/^(?:env|argv)$/][object.property.name="process"]',
  message: 'src/main.ts hands the environment and the arguments over.',
};
const asynchronous = {
  selector: ':function[async=true], AwaitExpression, ForOfStatement[await=true]',
  message: 'The model is synchronous.',
};
const focusedTests = {
  selector:
    'CallExpression[callee.object.name=/^(?:describe|it|test)$/][callee.property.name="only"], CallExpression[callee.name=/^(?:fit|fdescribe)$/]',
  message: 'This would keep every other test from running.',
};

const restrictSyntax = (...entries) => ({ 'no-restricted-syntax': ['error', ...entries] });

/** Sizes: aimed at are files of 100 lines and functions of 10. */
const sizes = (maxLines) => ({
  'max-lines': ['error', { max: maxLines }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
});

const everywhere = {
  '@eslint-community/eslint-comments/no-unlimited-disable': 'error',
  '@eslint-community/eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
  '@typescript-eslint/max-params': ['error', { max: 4 }],
  eqeqeq: 'error',
  'no-restricted-exports': [
    'error',
    {
      restrictDefaultExports: {
        direct: true,
        named: true,
        defaultFrom: true,
        namedFrom: true,
        namespaceFrom: true,
      },
    },
  ],
};

const typed = {
  '@typescript-eslint/consistent-type-imports': 'error',
  // Taking a member out of a copy names it.
  '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
  // `import { type X }` would still load the module at run time, past the import rules.
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
  ],
  '@typescript-eslint/no-unnecessary-condition': [
    'error',
    { allowConstantLoopConditions: 'only-allowed-literals' },
  ],
  // Strings are spread by code point here on purpose: that is what UTF-8 is made of.
  '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

const off = (...names) => Object.fromEntries(names.map((name) => [name, 'off']));

/** What tests meet all the time: parsed answers, half-made values, arguments of matchers. */
const relaxedInTests = {
  ...off('max-lines-per-function'),
  ...off(
    ...['argument', 'assignment', 'call', 'member-access', 'return'].map(
      (kind) => `@typescript-eslint/no-unsafe-${kind}`,
    ),
  ),
  ...off(
    '@typescript-eslint/no-empty-function',
    '@typescript-eslint/no-unnecessary-condition',
    '@typescript-eslint/require-await',
    '@typescript-eslint/restrict-template-expressions',
    '@typescript-eslint/unbound-method',
  ),
};

const nodeGlobals = Object.fromEntries(
  [
    ...[
      'AbortController',
      'AbortSignal',
      'Buffer',
      'URL',
      'URLSearchParams',
      'console',
      'fetch',
      'performance',
    ],
    ...['process', 'clearInterval', 'clearTimeout', 'setImmediate', 'setInterval', 'setTimeout'],
    ...['TextDecoder', 'TextEncoder', 'structuredClone'],
  ].map((name) => [name, 'readonly']),
);

export default defineConfig(
  { ignores: ['dist/', '.dist-*/', 'coverage/', 'node_modules/', 'test/vectors/*.json'] },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@eslint-community/eslint-comments': comments },
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: everywhere,
  },
  {
    files: ['**/*.ts'],
    rules: { ...typed, ...restrictSyntax(enums) },
  },
  {
    files: ['src/**/*.ts'],
    ignores: [ENTRY],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        ...['env', 'argv'].map((property) => ({
          object: 'process',
          property,
          message: hiddenProcess.message,
        })),
        ...['getBuiltinModule', 'exit'].map((property) => ({ object: 'process', property })),
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { ...sizes(400), ...restrictSyntax(enums, dynamicImports, hiddenProcess) },
  },
  { files: [ENTRY], rules: restrictSyntax(enums, dynamicImports) },
  { files: ['src/dynsec/**/*.ts'], rules: restrictSyntax(enums, dynamicImports, asynchronous) },
  layerConfigs,
  {
    files: ['test/**/*.ts'],
    rules: { ...sizes(500), ...relaxedInTests, ...restrictSyntax(enums, focusedTests) },
  },
  {
    files: SCRIPTS,
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: nodeGlobals },
    rules: sizes(400),
  },
  // Jest and ESLint read the default export of these.
  { files: ['*.config.js'], rules: off('no-restricted-exports') },
);
