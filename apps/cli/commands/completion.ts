// SPDX-License-Identifier: Apache-2.0
import type { Command, Option } from "commander";
import type { AddCommand } from "../add_command.ts";

/** A command with the words that may follow it. */
export interface Node {
  /** The words that lead to it; empty for `strait` itself. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly help: string }[];
  readonly flags: readonly { readonly name: string; readonly help: string; readonly choices?: readonly string[] }[];
}

/** Every command of the tree, the hidden ones left out. */
export function nodesOf(command: Command, path: readonly string[] = []): Node[] {
  const shown = command.createHelp().visibleCommands(command);
  const commands = shown.map((child) => ({ name: child.name(), help: child.description() }));
  const flags = command
    .createHelp()
    .visibleOptions(command)
    .flatMap((option: Option) =>
      option.long
        ? [{ name: option.long, help: option.description, ...(option.argChoices && { choices: option.argChoices }) }]
        : [],
    );
  const children = command.commands.filter((child) => shown.includes(child));
  return [{ path, commands, flags }, ...children.flatMap((child) => nodesOf(child, [...path, child.name()]))];
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** For bash: one case per command; a file name is offered where nothing else fits. */
function bash(nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, commands, flags }) => {
    const words = [...commands.map((command) => command.name), ...flags.map((flag) => flag.name)].join(" ");
    return `    ${quote(path.join(" "))}) words=${quote(words)} ;;`;
  });
  const names = new Set(nodes.flatMap((node) => node.path));
  return `# bash completion of strait: source <(strait completion bash)
_strait() {
  local path= word words=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${[...names].sort().join("|")}) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _strait strait
`;
}

/** For zsh, over its own reader of bash completions. */
function zsh(nodes: readonly Node[]): string {
  return `#compdef strait\nautoload -U +X bashcompinit && bashcompinit\n${bash(nodes)}`;
}

/** For fish: one line per word, with its help. */
function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, commands, flags }) => {
    const when =
      path.length === 0 ? "__fish_use_subcommand" : path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
    return [
      ...commands.map(({ name, help }) => `complete -c strait -f -n ${quote(when)} -a ${name} -d ${quote(help)}`),
      ...flags.map(({ name, help, choices }) => {
        const argument = choices ? ` -xa ${quote(choices.join(" "))}` : "";
        return `complete -c strait -n ${quote(when)} -l ${name.slice(2)} -d ${quote(help)}${argument}`;
      }),
    ];
  });
  return `# fish completion of strait: strait completion fish | source\n${lines.join("\n")}\n`;
}

const shells = { bash, zsh, fish } as const;

/** `strait completion bash|zsh|fish`: made from the very tree that reads the command line. */
export const completion: AddCommand = (program, io) => {
  const command = program.command("completion").description("print completions for a shell: source <(strait completion bash)");
  for (const [name, script] of Object.entries(shells)) {
    command
      .command(name)
      .description(`completions for ${name}`)
      .action(() => io.out(script(nodesOf(program))));
  }
};
