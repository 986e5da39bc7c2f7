import type { Command } from 'commander'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { usageError } from '../usage-error.ts'

/** What a shell may offer after one verb. */
interface Verb {
  readonly name: string
  readonly about: string
  readonly options: readonly string[]
}

const SHELLS: Readonly<Record<string, (verbs: readonly Verb[]) => string>> = { bash, zsh, fish }

/** Writes the completion of a shell: verbs, then their options, then files. */
export async function completionVerb(program: Command, shell: string, io: Io): Promise<number> {
  const script = SHELLS[shell]
  if (script === undefined || !Object.hasOwn(SHELLS, shell))
    throw usageError(`there is no completion for "${shell}"`, `name one of ${Object.keys(SHELLS).join(', ')}`)
  const verbs = program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: command.options.flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined)),
  }))
  io.stdout.write(script(verbs))
  return EXIT.ok
}

function bash(verbs: readonly Verb[]): string {
  const cases = verbs.map(({ name, options }) => `    ${name}) options='${[...options, '--help'].join(' ')}' ;;`)
  return `# anabranch completion bash >> ~/.bashrc
_anabranch() {
  local word=\${COMP_WORDS[COMP_CWORD]} options=''
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W '${verbs.map(({ name }) => name).join(' ')} --help --version' -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _anabranch anabranch
`
}

function zsh(verbs: readonly Verb[]): string {
  const list = verbs.map(({ name, about }) => `    '${name}:${quoted(about)}'`)
  const cases = verbs.map(({ name, options }) => `    ${name}) compadd -- ${[...options, '--help'].join(' ')} ;;`)
  return `#compdef anabranch
# anabranch completion zsh > "\${fpath[1]}/_anabranch"
_anabranch() {
  local -a verbs=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  if [[ $words[CURRENT] != -* ]]; then _files; return; fi
  case $words[2] in
${cases.join('\n')}
  esac
}
compdef _anabranch anabranch
`
}

function fish(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap(({ name, about, options }) => [
    `complete -c anabranch -n __fish_use_subcommand -a ${name} -d '${quoted(about)}'`,
    ...options.map((flag) => {
      const word = flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`
      return `complete -c anabranch -n '__fish_seen_subcommand_from ${name}' ${word}`
    }),
  ])
  return `# anabranch completion fish > ~/.config/fish/completions/anabranch.fish\n${lines.join('\n')}\n`
}

const quoted = (text: string) => text.replaceAll("'", "'\\''")
