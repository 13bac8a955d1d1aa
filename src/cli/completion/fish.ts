import type { CompletedCommand, CompletedOption, Completion } from './completion-tree.js';
import { commandKeys, positionEntries, valueEntries } from './completion-tree.js';

/** A script that completes in fish. */
export function fishCompletion(tree: readonly CompletedCommand[]): string {
  return `# Completion of gatehouse in fish: put it into ~/.config/fish/completions/gatehouse.fish.
function __gatehouse_at
    set -l at ''
    set -l option ''
    set -l position 1
    for word in (commandline -opc)[2..-1]
        if test -n "$option"
            set option ''
            continue
        end
        switch "$at $word"
            case ${valueEntries(tree).map(quoteKey).join(' ')}
                set option $word
            case ${commandKeys(tree).map(quote).join(' ')}
                set at (string trim -- "$at $word")
                set position 1
            case '* -*'
            case '*'
                set position (math $position + 1)
        end
    end
    echo "$at:$position"
end
function __gatehouse_is
    test (__gatehouse_at) = "$argv[1]"
end
function __gatehouse_in
    string match -q -- "$argv[1]:*" (__gatehouse_at)
end
complete -c gatehouse -f
${tree.flatMap(commandLines).join('\n')}
${positionEntries(tree).flatMap(positionLine).join('\n')}
${tree.flatMap(({ path, options }) => options.map((option) => optionLine(path, option))).join('\n')}
`;
}

function commandLines({ path, commands }: CompletedCommand): readonly string[] {
  return commands.map(
    ({ name, help }) =>
      `complete -c gatehouse -n ${condition('is', `${path}:1`)} -a ${name} -d ${quote(help)}`,
  );
}

function positionLine([key, completion]: readonly [string, Completion]): readonly string[] {
  if (completion.kind === 'anything') return [];
  const what = completion.kind === 'file' ? '-F' : `-a ${quote(completion.words.join(' '))}`;
  return [`complete -c gatehouse -n ${condition('is', key)} ${what}`];
}

function optionLine(path: string, { names, help, value }: CompletedOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const parts = [`-n ${condition('in', path)}`, ...flags, valueOf(value), `-d ${quote(help)}`];
  return `complete -c gatehouse ${parts.filter((part) => part !== '').join(' ')}`;
}

function valueOf(value: Completion | undefined): string {
  if (!value) return '';
  if (value.kind === 'file') return '-r -F';
  return value.kind === 'words' ? `-x -a ${quote(value.words.join(' '))}` : '-x';
}

function condition(name: string, key: string): string {
  return quote(`__gatehouse_${name} ${quote(key)}`);
}

function quoteKey([key]: readonly [string, Completion]): string {
  return quote(key);
}

/** For fish: a word that stands for itself. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
