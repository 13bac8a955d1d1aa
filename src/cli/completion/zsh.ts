import type { CompletedCommand, CompletedOption, Completion } from './completion-tree.js';
import { commandKeys, positionEntries, shellQuote, valueEntries } from './completion-tree.js';

/** A script that completes in zsh. */
export function zshCompletion(tree: readonly CompletedCommand[]): string {
  return `#compdef gatehouse
# Completion of gatehouse in zsh: source it after compinit, or put it into a folder of $fpath as _gatehouse.
_gatehouse() {
  local at= option= word
  local -i i position=1
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $option ]]; then
      option=
    else
      case "$at $word" in
${valueEntries(tree)
  .map(([key]) => `        (${shellQuote(key)}) option=$word ;;`)
  .join('\n')}
${commandKeys(tree)
  .map((key) => `        (${shellQuote(key)}) at="\${at:+$at }$word"; position=1 ;;`)
  .join('\n')}
        (*' -'*) ;;
        (*) position+=1 ;;
      esac
    fi
  done
  if [[ -n $option ]]; then
    case "$at $option" in
${valueEntries(tree).flatMap(clause).join('\n')}
    esac
  elif [[ \${words[CURRENT]} == -* ]]; then
    case "$at" in
${tree.map(optionClause).join('\n')}
    esac
  else
    case "$at:$position" in
${tree.flatMap(commandClause).join('\n')}
${positionEntries(tree).flatMap(clause).join('\n')}
    esac
  fi
}
if [[ $funcstack[1] == _gatehouse ]]; then
  _gatehouse "$@"
else
  compdef _gatehouse gatehouse
fi
`;
}

function clause([key, completion]: readonly [string, Completion]): readonly string[] {
  if (completion.kind === 'anything') return [];
  if (completion.kind === 'file') return [`      (${shellQuote(key)}) _files ;;`];
  return [`      (${shellQuote(key)}) compadd -- ${completion.words.map(shellQuote).join(' ')} ;;`];
}

function optionClause({ path, options }: CompletedCommand): string {
  const described = options.flatMap(({ names, help }: CompletedOption) =>
    names.map((name) => shellQuote(`${name}:${help}`)),
  );
  return `      (${shellQuote(path)}) found=(${described.join(' ')}); _describe -o option found ;;`;
}

function commandClause({ path, commands }: CompletedCommand): readonly string[] {
  if (commands.length === 0) return [];
  const described = commands.map(({ name, help }) => shellQuote(`${name}:${help}`));
  return [`      (${shellQuote(`${path}:1`)}) found=(${described.join(' ')}); _describe command found ;;`];
}
