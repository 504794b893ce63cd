//! The top-level help, with the commands in groups.

use std::fmt::Write as _;

/// The groups, in the order in which a user meets them. A command that is in none is in the last.
pub(super) const GROUPS: &[(&str, &[&str])] = &[
    ("Read tokens and responses", &["decode", "explain", "why"]),
    ("Plan scopes", &["scopes", "check", "manifest", "discover"]),
    ("Get tokens", &["login", "token", "exec", "tokens", "trust"]),
    ("Call APIs", &["call", "probe"]),
    ("Other commands", &["demo", "completions", "man", "help"]),
];

/// The command as its help shows it: subcommands in groups, and the options that every command has at the end.
pub(super) fn for_display(mut command: clap::Command) -> clap::Command {
    command.build();
    let about = |name: &str| command.find_subcommand(name).and_then(clap::Command::get_about).map(ToString::to_string);
    let style = command.get_styles().get_header();
    let literal = command.get_styles().get_literal();
    let mut template = String::from("{before-help}{about-with-newline}\n{usage-heading} {usage}\n");
    for (title, names) in GROUPS {
        // writing to a String can't fail
        let _ = write!(template, "\n{style}{title}:{style:#}\n");
        for name in *names {
            let _ = writeln!(template, "  {literal}{name:<12}{literal:#} {}", about(name).unwrap_or_default());
        }
    }
    template.push_str("\n{all-args}{after-help}");
    // the groups list the commands, so the template's own list stays empty
    let hidden = command.mut_subcommands(|below| global_options_last(below).hide(true));
    hidden.help_template(template)
}

/// Moves the options that every command has behind those of the command, whose headings are in the order of the options.
fn global_options_last(command: clap::Command) -> clap::Command {
    let here: Vec<_> = command.get_arguments().filter(|option| option.is_global_set()).map(|option| option.get_id().clone()).collect();
    let moved = here.into_iter().fold(command, |command, id| command.mut_arg(id, |option| option));
    moved.mut_subcommands(global_options_last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_visible_command_is_in_one_group() {
        let mut command = super::super::command();
        command.build();
        let shown = command.get_subcommands().filter(|command| !command.is_hide_set()).map(clap::Command::get_name);
        let mut shown: Vec<&str> = shown.collect();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        shown.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(grouped, shown);
    }

    #[test]
    fn every_summary_fits_on_one_line_of_80_columns() {
        let mut command = super::super::command();
        command.build();
        for below in command.get_subcommands() {
            let about = below.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(15 + about.len() <= 80, "{}: {about}", below.get_name());
        }
    }

    fn examples(command: &clap::Command, found: &mut Vec<String>) {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        found.extend(text.lines().filter(|line| line.starts_with("  ")).map(str::to_owned));
        command.get_subcommands().for_each(|below| examples(below, found));
    }

    /// Clap wraps a longer line, and what is copied from there is broken.
    #[test]
    fn every_example_fits_on_one_line_of_100_columns() {
        let mut command = super::super::command();
        command.build();
        let mut found = Vec::new();
        examples(&command, &mut found);
        let long: Vec<&String> = found.iter().filter(|line| line.chars().count() > 98).collect();
        assert_eq!(long, Vec::<&String>::new());
    }
}
