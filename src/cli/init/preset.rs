//! `tokscope init --provider` sets up a client for a known provider: what to register, and the tables of the manifest.

use std::path::Path;

use super::Arguments;
use crate::app::{Error, ErrorKind, PresetClient, PresetGuide, add_preset};
use crate::cli::print::{Paint, Streams, json_list, json_object, json_option, json_text};
use crate::manifest::providers;
use crate::text::visible;
use crate::token::Json;

pub(super) fn run(arguments: &Arguments, path: &Path, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    if arguments.list {
        list(arguments.json, streams);
        return Ok(None);
    }
    let client = PresetClient {
        provider: arguments.provider.clone(),
        client_id: arguments.client_id.clone(),
        secret_variable: arguments.secret_env.clone(),
        variables: arguments.variables.clone(),
        ..PresetClient::default()
    };
    let guide = client.guide()?;
    let written = arguments.client_id.is_some();
    if written {
        add_preset(path, &guide)?;
    }
    if arguments.json {
        streams.json(&document(&guide, written.then_some(path)));
        return Ok(None);
    }
    explain(&guide, written, streams);
    if written {
        streams.say(format_args!("added to {}:", visible(&path.display().to_string())));
    } else {
        streams.say(format_args!("then run `tokscope init --provider {} --client-id ID`, which adds:", guide.name));
    }
    for line in guide.tables.trim_end().lines() {
        streams.verbatim(visible(line));
    }
    if written {
        next(&guide, streams);
    }
    Ok(None)
}

/// Describes what to register.
fn explain(guide: &PresetGuide, written: bool, streams: &mut Streams) {
    let about = &guide.provider.about;
    if !written {
        let title = streams.paint(Paint::Bold, visible(&about.title));
        streams.say(format_args!("{title}: register a client at {}", visible(&guide.register)));
        for (number, step) in guide.setup.iter().enumerate() {
            streams.say(format_args!("  {}. {}", number + 1, visible(step)));
        }
        streams.say(format_args!("redirect URI: {}", visible(&guide.redirect_uri)));
    }
    for note in &about.notes {
        streams.say(format_args!("note: {}", visible(note)));
    }
}

/// Prints the commands that follow.
fn next(guide: &PresetGuide, streams: &mut Streams) {
    streams.say("next:");
    streams.say("  tokscope trust");
    streams.say(format_args!("  {}", visible(&guide.login)));
    if let Some(call) = &guide.first_call {
        streams.say(format_args!("  tokscope call '{}' --client {}", visible(call), guide.name));
    }
}

fn list(json: bool, streams: &mut Streams) {
    let all = providers::all();
    if json {
        let one = |provider: &providers::Provider| {
            json_object([
                ("provider", json_text(provider.name)),
                ("title", json_text(&provider.about.title)),
                ("variables", json_list(provider.about.variables.keys())),
            ])
        };
        streams.json(&json_object([
            ("schema", json_text("tokscope.init/v1")),
            ("providers", Json::Array(all.iter().map(one).collect())),
        ]));
        return;
    }
    let rows: Vec<_> =
        all.iter().map(|provider| (Paint::Plain, [provider.name.to_owned(), provider.about.title.clone()])).collect();
    streams.table(["NAME", "PROVIDER"], &rows);
}

/// `tokscope.init/v1`
fn document(guide: &PresetGuide, written: Option<&Path>) -> Json {
    json_object([
        ("schema", json_text("tokscope.init/v1")),
        ("provider", json_text(guide.provider.name)),
        ("title", json_text(&guide.provider.about.title)),
        ("register", json_text(&guide.register)),
        ("setup", json_list(&guide.setup)),
        ("redirect_uri", json_text(&guide.redirect_uri)),
        ("notes", json_list(&guide.provider.about.notes)),
        ("manifest", json_text(&guide.tables)),
        ("written", json_option(written.map(|path| path.display().to_string()))),
        ("login", json_text(&guide.login)),
    ])
}
