import type { CompletedCommand, Completion } from './completion-tree.js';
import { commandKeys, positionEntries, shellQuote, valueEntries } from './completion-tree.js';

/** A script that completes in bash, without anything but bash. */
export function bashCompletion(tree: readonly CompletedCommand[]): string {
  return `# Completion of gatehouse in bash: source it, or put it into /etc/bash_completion.d/gatehouse.
_gatehouse() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path= option= word
  local -i i position=1
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    # bash breaks words at = and :, which belong to the value of the option before them.
    if [[ $word == [=:] ]]; then
      option=\${option:-$word}
    elif [[ -n $option ]]; then
      option=
    else
      case "$path $word" in
${valueEntries(tree)
  .map(([key]) => `        ${shellQuote(key)}) option=$word ;;`)
  .join('\n')}
${commandKeys(tree)
  .map((key) => `        ${shellQuote(key)}) path="\${path:+$path }$word" position=1 ;;`)
  .join('\n')}
        *' -'*) ;;
        *) position+=1 ;;
      esac
    fi
  done
  [[ $cur == [=:] ]] && cur=
  local words= files=
  if [[ -n $option ]]; then
    case "$path $option" in
${valueEntries(tree).flatMap(clause).join('\n')}
    esac
  elif [[ $cur == -* ]]; then
    case "$path" in
${tree.map(({ path, options }) => clauseOf(path, namesOf(options))).join('\n')}
    esac
  else
    case "$path:$position" in
${tree.flatMap(commandClause).join('\n')}
${positionEntries(tree).flatMap(clause).join('\n')}
    esac
  fi
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(compgen -W "$words" \${files:+-f} -- "$cur")
}
complete -o filenames -F _gatehouse gatehouse
`;
}

function namesOf(options: CompletedCommand['options']): readonly string[] {
  return options.flatMap(({ names }) => names);
}

function commandClause({ path, commands }: CompletedCommand): readonly string[] {
  if (commands.length === 0) return [];
  return [
    clauseOf(
      `${path}:1`,
      commands.map(({ name }) => name),
    ),
  ];
}

function clause([key, completion]: readonly [string, Completion]): readonly string[] {
  if (completion.kind === 'anything') return [];
  if (completion.kind === 'words') return [clauseOf(key, completion.words)];
  return [`      ${shellQuote(key)}) files=1 ;;`];
}

function clauseOf(key: string, words: readonly string[]): string {
  return `      ${shellQuote(key)}) words=${shellQuote(words.join(' '))} ;;`;
}
