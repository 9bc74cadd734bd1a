//! The arguments of `sotickets completions`, and of the command that its scripts call.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    ///
    /// The script asks the program for the candidates, so it stays valid after an update.
    #[arg(value_name = "SHELL", ignore_case = true)]
    pub shell: Shell,
}

/// The shells with a script, each with the place for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// In $PROFILE: sotickets completions powershell | Out-String | Invoke-Expression
    #[cfg(windows)]
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    /// ~/.local/share/bash-completion/completions/sotickets
    Bash,
    /// In rc.elv: eval (sotickets completions elvish | slurp)
    Elvish,
    /// ~/.config/fish/completions/sotickets.fish
    Fish,
    /// ~/.config/nushell/autoload/sotickets.nu, from version 0.108 on
    #[value(alias = "nu")]
    Nushell,
    /// In $PROFILE: sotickets completions powershell | Out-String | Invoke-Expression
    #[cfg(not(windows))]
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    /// _sotickets, in a folder of $fpath
    Zsh,
}

/// The arguments of `__complete`.
#[derive(Debug, Args)]
pub struct CompleteArgs {
    /// Complete a new word after the last WORD, for shells that drop empty arguments
    #[arg(long)]
    pub next: bool,

    /// The words after the program's name; the last one, up to the cursor, is completed
    #[arg(value_name = "WORD", last = true, allow_hyphen_values = true)]
    pub words: Vec<OsString>,
}
