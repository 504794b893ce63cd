//! The screen with a manifest of 10,900 endpoints: processor time from a key press to its frame, and of the first frame.
//!
//! `cargo bench --bench screen [-- FILE]` measures with a generated manifest of the size of Microsoft Graph's, or with FILE.
//! Columns: the median, the 99th percentile and the maximum, in ms of processor time of the thread that draws, and the 99th
//! percentile of all threads, with the plan that is worked out beside the screen.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokscope::app::Context;
use tokscope::tui::{KeyTime, frame_times};

const SIZE: (u16, u16) = (120, 36);

/// Filters, typed letter by letter: words that match thousands of endpoints, few, one, and none.
const FILTERS: &[&str] = &["area", "members", "r1234 close", "delete r77", "scope:s12", "!", "xqzzy", "risk:high get"];

/// Times that each measurement is repeated.
const ROUNDS: usize = 5;

/// A manifest as regular as large APIs: six endpoints per resource, each with one to four alternative scopes.
fn generated(endpoints: usize) -> String {
    let mut text =
        "[api.a]\nbase_url = \"https://a.test/v1\"\nissuer = \"https://a.test\"\n[api.a.scopes]\n".to_owned();
    for scope in 0..700 {
        let risk = if scope % 3 == 0 { "high" } else { "medium" };
        let _ = writeln!(text, "\"s{scope}\" = {{ risk = \"{risk}\" }}");
    }
    text.push_str("[api.a.endpoints]\n");
    for index in 0..endpoints {
        let (resource, operation) = (index / 6, index % 6);
        let (method, rest) = match operation {
            0 => ("GET", ""),
            1 => ("POST", ""),
            2 => ("GET", "/{id}"),
            3 => ("DELETE", "/{id}"),
            4 => ("GET", "/{id}/members/{member}"),
            _ => ("POST", "/{id}:close"),
        };
        let group = resource % 150 * 4;
        let scopes: Vec<String> =
            (0..=operation % 4).map(|one| format!("\"s{}\"", (group + one * one) % 700)).collect();
        let path = format!("/area{}/r{resource}{rest}", resource % 60);
        let _ = writeln!(text, "\"{method} {path}\" = {{ any_of = [{}] }}", scopes.join(", "));
    }
    text.push_str("[client.c]\nissuer = \"https://a.test\"\nclient_id = \"c\"\n");
    text
}

/// A token with some of the scopes.
fn token() -> String {
    let encode = |part: &str| URL_SAFE_NO_PAD.encode(part);
    let claims = r#"{"iss":"https://a.test","sub":"alice","scope":"s0 s1 s4 s5 s8 s9 s100"}"#;
    format!("{}.{}.{}", encode(r#"{"alg":"RS256"}"#), encode(claims), encode("signature"))
}

fn context(source: &str) -> Context {
    Context::from_source("manifest", source).unwrap_or_else(|_| Context::without_manifest())
}

/// Returns the processor times of the keys of all rounds, without those of the first `skip` frames.
fn times(source: &str, keys: &str, skip: usize) -> Vec<KeyTime> {
    (0..ROUNDS)
        .flat_map(|_| frame_times(context(source), keys, SIZE).unwrap_or_default().into_iter().skip(skip))
        .collect()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Returns a percentile.
fn percentile(mut times: Vec<Duration>, percent: usize) -> f64 {
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().map(ms).unwrap_or_default()
}

fn line(name: &str, times: &[KeyTime]) -> String {
    let frames = || times.iter().map(|time| time.to_frame).collect::<Vec<_>>();
    let all = times.iter().map(|time| time.in_all).collect();
    format!(
        "{name:<34} {:>6} {:>8.2} {:>8.2} {:>8.2} {:>12.2}\n",
        times.len(),
        percentile(frames(), 50),
        percentile(frames(), 99),
        percentile(frames(), 100),
        percentile(all, 99),
    )
}

/// Returns the best time of loading a manifest and drawing its first frame, and that of the frame alone.
fn first_frame(source: &str) -> (f64, f64) {
    let measured = (0..ROUNDS * 2).map(|_| {
        let before = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let context = context(source);
        let frame = frame_times(context, "", SIZE).unwrap_or_default().first().map(|time| time.to_frame);
        let after = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let took = (after.tv_sec - before.tv_sec) as f64 * 1000.0 + (after.tv_nsec - before.tv_nsec) as f64 / 1e6;
        (took, frame.map(ms).unwrap_or_default())
    });
    measured.fold((f64::MAX, f64::MAX), |best, next| (best.0.min(next.0), best.1.min(next.1)))
}

fn main() -> ExitCode {
    let file = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let source = match file.map(std::fs::read_to_string) {
        Some(Ok(source)) => source,
        Some(Err(error)) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            return ExitCode::FAILURE;
        }
        None => generated(10_900),
    };
    let mut out = format!(
        "{} endpoints, {}x{}\n{:<34} {:>6} {:>8} {:>8} {:>8} {:>12}\n",
        context(&source).endpoints().len(),
        SIZE.0,
        SIZE.1,
        "",
        "keys",
        "median",
        "p99",
        "max",
        "p99 in all"
    );
    // the first frame and `/` are not letters
    let letters: Vec<KeyTime> = FILTERS.iter().flat_map(|filter| times(&source, &format!("/{filter}"), 2)).collect();
    out.push_str(&line("a letter of a filter", &letters));
    let paste = format!("<paste {}>1", token());
    let with_token =
        FILTERS.iter().flat_map(|filter| times(&source, &format!("{paste}/{filter}"), 4)).collect::<Vec<_>>();
    out.push_str(&line("the same with a token", &with_token));
    out.push_str(&line("a token is pasted", &times(&source, &format!("<paste {}>", token()), 1)));
    let applied: Vec<KeyTime> =
        FILTERS.iter().flat_map(|filter| times(&source, &format!("/{filter}<enter>"), 2 + filter.len())).collect();
    out.push_str(&line("Enter after a filter", &applied));
    out.push_str(&line("j", &times(&source, &"j".repeat(60), 1)));
    out.push_str(&line("a page down", &times(&source, &"<pgdn>".repeat(60), 1)));
    out.push_str(&line("Tab", &times(&source, &"<tab>".repeat(30), 1)));
    out.push_str(&line("z, which groups by path", &times(&source, "z", 1)));
    out.push_str(&line("j in the groups", &times(&source, &format!("z{}", "jl".repeat(20)), 2)));
    out.push_str(&line("M, which marks all", &times(&source, "M", 1)));
    let (large, small) = (first_frame(&source), first_frame(&generated(100)));
    let _ = writeln!(
        out,
        "first frame: {:.1} ms with the manifest's parsing, {:.2} ms without; with 100 endpoints {:.1} and {:.2} ms",
        large.0, large.1, small.0, small.1
    );
    let _ = write!(io::stdout(), "{out}");
    ExitCode::SUCCESS
}
