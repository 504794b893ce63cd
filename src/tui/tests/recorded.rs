//! The journeys of the documentation, at three sizes of the window.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Driven, assert_shown};
use crate::app::Context;
use crate::demo;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Journeys {
    journey: Vec<Journey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Journey {
    name: String,
    #[serde(rename = "about")]
    _about: String,
    before: String,
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    keys: String,
    shows: Vec<String>,
}

/// Makes a journey in a window of each size.
fn make(name: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures/journeys.toml");
    let journeys: Journeys = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let journey = journeys.journey.iter().find(|journey| journey.name == name).unwrap();
    for size in [(120, 36), (80, 24), (60, 16)] {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let demo = runtime.block_on(demo::start()).unwrap();
        let context = Context::from_source("demo", &demo.manifest).unwrap();
        let context = context.with_client_secret("ci", demo.service_secret.clone());
        let mut driven = Driven::on(context, true, size, Timestamp::now, runtime);
        driven.keys(&journey.before);
        for step in &journey.step {
            let screen = driven.keys(&step.keys);
            let expected: Vec<&str> = step.shows.iter().map(String::as_str).collect();
            assert_shown(&screen, &expected);
        }
    }
}

#[test]
fn a_403_leads_to_a_step_up() {
    make("step-up");
}

#[test]
fn a_narrow_token_is_obtained_for_marked_endpoints() {
    make("narrow-token");
}

#[test]
fn a_pasted_token_is_explained() {
    make("inspect-token");
}
