//! Top-level help, with commands in groups.

use std::fmt::Write as _;

use clap::builder::StyledStr;

/// Command groups, in the order of a typical workflow. Other commands belong to the last group.
pub(super) const GROUPS: &[(&str, &[&str])] = &[
    ("Read tokens and responses", &["decode", "explain", "why"]),
    ("Plan scopes", &["scopes", "check", "manifest", "policy", "discover"]),
    ("Get tokens", &["init", "login", "token", "exec", "tokens", "approve", "trust"]),
    ("Call APIs", &["call", "probe", "gateway"]),
    ("Review what was done", &["audit"]),
    ("Other commands", &["demo", "sign", "mcp", "completions", "man", "help"]),
];

/// Renders the help that clap has rendered already, with commands in groups and the options that every command has at
/// the end. `rendered`: clap's own text, whose usage line names the command. `long`: `--help` rather than `-h`.
pub(super) fn render(mut root: clap::Command, rendered: &str, long: bool) -> StyledStr {
    root.build();
    // the first word is the name under which the program was started
    let usage = rendered.lines().find_map(|line| line.strip_prefix("Usage: ")?.split_once(' ')).unwrap_or_default().1;
    let template = template(&root);
    let usage_of_root = root.render_usage();
    // the groups list the commands, so clap's own list is omitted
    let mut command = root.mut_subcommands(|below| below.hide(true)).help_template(template);
    command = command.override_usage(usage_of_root.to_string().trim_start_matches("Usage: ").to_owned());
    for word in usage.split_ascii_whitespace() {
        match command.find_subcommand(word) {
            Some(below) => command = below.clone(),
            None => break,
        }
    }
    let mut command = global_options_last(command);
    if long { command.render_long_help() } else { command.render_help() }
}

/// Returns the template of the top-level help.
fn template(root: &clap::Command) -> StyledStr {
    let about = |name: &str| root.find_subcommand(name).and_then(clap::Command::get_about).map(ToString::to_string);
    let header = root.get_styles().get_header();
    let literal = root.get_styles().get_literal();
    let mut template = StyledStr::from("{before-help}{about-with-newline}\n{usage-heading} {usage}\n");
    for (title, names) in GROUPS {
        // writing to a StyledStr can't fail
        let _ = write!(template, "\n{header}{title}:{header:#}\n");
        for name in *names {
            let _ = writeln!(template, "  {literal}{name:<12}{literal:#} {}", about(name).unwrap_or_default());
        }
    }
    let _ = write!(template, "\n{{all-args}}{{after-help}}");
    template
}

/// Moves global options behind the command's own: headings are shown in the order of their first option.
fn global_options_last(command: clap::Command) -> clap::Command {
    let global = command.get_arguments().filter(|option| option.is_global_set());
    let global: Vec<_> = global.map(|option| option.get_id().clone()).collect();
    global.into_iter().fold(command, |command, id| command.mut_arg(id, |option| option))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

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

    /// Clap wraps longer lines, which breaks copied commands.
    #[test]
    fn every_example_fits_on_one_line_of_100_columns() {
        let mut command = super::super::command();
        command.build();
        let mut found = Vec::new();
        examples(&command, &mut found);
        let long: Vec<&String> = found.iter().filter(|line| line.chars().count() > 98).collect();
        assert_eq!(long, Vec::<&String>::new());
    }

    /// Commands in the running text of the documentation: in backticks, and beginning with the program's name.
    #[test]
    fn commands_and_options_in_the_documentation_exist() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders = vec![root.join("docs")];
        let mut pages = vec![root.join("README.md"), root.join("SECURITY.md"), root.join("CONTRIBUTING.md")];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                match path.extension().and_then(std::ffi::OsStr::to_str) {
                    None if path.is_dir() => folders.push(path),
                    Some("md") => pages.push(path),
                    _ => {}
                }
            }
        }
        let mut root = super::super::command();
        root.build();
        let (mut seen, mut wrong) = (0, Vec::new());
        for page in pages {
            let text = std::fs::read_to_string(&page).unwrap();
            let mut code = false;
            let prose: Vec<&str> = text
                .lines()
                .filter(|line| {
                    code ^= line.trim_start().starts_with("```");
                    !code
                })
                .collect();
            let prose = prose.join(" ");
            for command in prose.split('`').skip(1).step_by(2).filter_map(|part| part.strip_prefix("tokscope ")) {
                seen += 1;
                let mut found = &root;
                for word in command.split_ascii_whitespace() {
                    match found.find_subcommand(word) {
                        Some(below) => found = below,
                        None => break,
                    }
                }
                let options = command.split_ascii_whitespace().filter_map(|word| word.strip_prefix("--"));
                let options = options.map(|word| word.split(['=', ']']).next().unwrap_or_default());
                let of_others = command.contains(" -- ");
                let known = |name: &str| {
                    found.get_arguments().any(|option| {
                        option.get_long() == Some(name)
                            || option.get_all_aliases().is_some_and(|all| all.contains(&name))
                    })
                };
                let unknown = options.into_iter().find(|name| !name.is_empty() && !of_others && !known(name));
                let is_option = command.starts_with('-');
                if unknown.is_some() || (found.get_name() == root.get_name() && !is_option) {
                    wrong.push(format!("{}: `tokscope {command}`", page.display()));
                }
            }
        }
        assert_eq!(wrong, [] as [String; 0]);
        assert!(seen > 25, "only {seen} commands were found");
    }
}
