using System.CommandLine;

namespace Orchestration.Cli.Commands;

/// <summary><c>orchestrate completion SHELL</c>: has a shell complete commands and options. The command itself knows them, by its directive <c>[suggest]</c>.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # For ~/.bashrc: source <(orchestrate completion bash)
        _orchestrate() {
          local line=${COMP_LINE:0:COMP_POINT}
          local rest=${line#* }
          mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${#rest}]" "$rest" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -o default -F _orchestrate orchestrate
        """;

    private const string Zsh = """
        # For ~/.zshrc, after compinit: source <(orchestrate completion zsh)
        _orchestrate() {
          local line=${BUFFER:0:$CURSOR}
          local rest=${line#* }
          local -a found=(${(f)"$(${words[1]} "[suggest:${#rest}]" "$rest" 2>/dev/null)"})
          (( $#found )) && compadd -a found || _files
        }
        compdef _orchestrate orchestrate
        """;

    private const string Fish = """
        # For ~/.config/fish/config.fish: orchestrate completion fish | source
        function __orchestrate
            set -l rest (string replace -r '^\S+\s' '' -- (commandline -cp))
            orchestrate "[suggest:"(string length -- "$rest")"]" "$rest" 2>/dev/null
        end
        complete -c orchestrate -a '(__orchestrate)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print what a shell needs to complete commands and options.") { shell };
        command.SetAction(parsed => Console.Out.WriteLine(parsed.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return command;
    }
}
