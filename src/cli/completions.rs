//! `sotickets completions` as typed, and what its scripts call.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    ///
    /// The script asks the program what can follow, so that it need not be renewed with it.
    #[arg(value_name = "SHELL", ignore_case = true)]
    pub shell: Shell,
}

/// The shells that there is a script for, and where each looks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
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
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    /// _sotickets, in a folder of $fpath
    Zsh,
}

/// The arguments of `__complete`.
#[derive(Debug, Args)]
pub struct CompleteArgs {
    /// Complete a new word behind WORD, for shells that pass no empty argument on
    #[arg(long)]
    pub next: bool,

    /// The words behind the name of the program; the last one, up to the cursor, is completed
    #[arg(value_name = "WORD", last = true, allow_hyphen_values = true)]
    pub words: Vec<OsString>,
}
