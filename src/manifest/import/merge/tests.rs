use super::*;
use crate::manifest::import::{Options, import};

fn description(paths: &str) -> Import {
    let source = format!("openapi: 3.1.0\ninfo: {{title: T}}\nservers: [{{url: 'https://a.test'}}]\npaths:\n{paths}");
    import("api.yaml", source.as_bytes(), &Options::default(), &mut |_| Err(String::new())).unwrap()
}

fn merged(manifest: &str, paths: &str, policy: Policy) -> (String, String) {
    let mut target = Target::new(manifest, "t").unwrap();
    let changes = target.merge(&description(paths), None, "api.yaml", policy);
    let shown: Vec<String> = changes.iter().map(|change| format!("{} {}", change.kind, change.what)).collect();
    (target.manifest(), shown.join("; "))
}

const BOTH: Policy = Policy { update: true, prune: true };

#[test]
fn manual_changes_are_kept() {
    let (first, reported) = merged(
        "",
        "  /x: {get: {summary: X, x-scopes: [x:read]}}\n  /y: {get: {x-scopes: [x:read]}}\n  /z: {get: {}}",
        Policy::default(),
    );
    assert_eq!(reported, "added [api]; added x:read; added GET /x; added GET /y; added GET /z");
    assert!(first.starts_with("# imported from `api.yaml` (OpenAPI 3.1.0)"), "{first}");
    assert!(first.contains("\"x:read\" = { risk = \"low\" } # risk inferred\n"), "{first}");
    assert!(
        first.contains("\"GET /x\" = { all_of = \"x:read\", summary = \"X\" }\n\"GET /y\" = \"x:read\"\n"),
        "{first}"
    );
    assert!(crate::manifest::parse(&first).manifest.is_some());
    // manual changes: a risk, a requirement with a reason, an endpoint, another one, a comment
    let edited = first
        .replace("{ risk = \"low\" } # risk inferred", "{ risk = \"high\" } # sensitive here")
        .replace("\"GET /y\" = \"x:read\"", "# see ticket 7\n\"GET /y\" = []")
        .replace("\"GET /z\" = []", "\"GET /z\" = \"x:read\"\n\"GET /mine\" = []")
        + "\n[client.dev]\nissuer = \"https://login.test\"\nclient_id = \"dev\"\n";
    let now = "  /x: {get: {summary: X, x-scopes: [x:all]}}\n  /y: {get: {x-scopes: [x:read]}}\n  /z: {get: {}}\n  /new: {get: {}}";
    let (kept, reported) = merged(&edited, now, Policy::default());
    assert_eq!(reported, "added x:all; kept GET /x; kept GET /y; kept GET /z; added GET /new; stale GET /mine");
    for line in ["# sensitive here", "# see ticket 7\n\"GET /y\" = []", "\"GET /z\" = \"x:read\"", "[client.dev]"] {
        assert!(kept.contains(line), "{line}: {kept}");
    }
    let (updated, reported) = merged(&edited, now, BOTH);
    assert_eq!(reported, "added x:all; updated GET /x; kept GET /y; updated GET /z; added GET /new; removed GET /mine");
    assert!(updated.contains("\"GET /x\" = { all_of = \"x:all\", summary = \"X\" }"), "{updated}");
    assert!(updated.contains("# see ticket 7\n\"GET /y\" = []\n\"GET /z\" = []\n"), "{updated}");
    assert!(crate::manifest::parse(&updated).manifest.is_some());
    // merging again changes nothing and reports only what was kept
    assert_eq!(merged(&updated, now, BOTH), (updated.clone(), "kept GET /y".to_owned()));
}

#[test]
fn renamed_parameters_and_reordered_alternatives_are_not_changes() {
    let manifest = "[api.t]\nbase_url = \"https://mine.test\"\nreading = \"all\"\n[api.t.scopes]\na = {}\nb = {}\n\
                    [api.t.endpoints]\n\"GET /x/{key}\" = { any_of = [\"b\", \"a\"] }\n";
    let paths = "  /x/{id}: {get: {x-cfPermissionsRequired: {enum: [a, b]}}}";
    let (after, reported) = merged(manifest, paths, BOTH);
    assert_eq!(reported, "kept base_url");
    assert_eq!(after, manifest.replace("reading = \"all\"\n", "reading = \"all\"\ntitle = \"T\"\n"));
}

#[test]
fn other_servers_become_separate_apis_and_are_matched_again() {
    let paths = "  /x: {get: {}}\n  /up: {servers: [{url: 'https://upload.test'}], put: {}}\n  \
                 /v2: {servers: [{url: 'https://a.test/beta'}], put: {}}";
    let (text, _) = merged("", paths, Policy::default());
    for name in ["[api.t]", "[api.t-upload]", "[api.t-beta]"] {
        assert!(text.contains(name), "{text}");
    }
    assert_eq!(merged(&text, paths, BOTH), (text, String::new()));
}

#[test]
fn api_names_are_derived_from_titles() {
    for (title, name) in
        [("The Figma API", "figma"), ("Okta Admin Management", "okta-admin-management"), ("API", "api")]
    {
        assert_eq!(slug(title), name);
    }
    assert!(Target::new("[api", "x").is_err());
}

/// Returns the reported changes, and the endpoints of the resulting manifest.
fn three_way_merge(manifest: &str, last: &str, now: &str) -> (String, String) {
    let mut target = Target::new(manifest, "t").unwrap();
    let changes = target.merge(&description(now), Some(&description(last)), "api.yaml", BOTH);
    let shown = |change: &Change| {
        let values = [&change.was, &change.last, &change.now].map(|value| value.clone().unwrap_or("-".to_owned()));
        format!("{} {} {}", change.kind, change.what, values.join(" / "))
    };
    let reported: Vec<String> = changes.iter().map(shown).collect();
    (reported.join("; "), target.manifest().split_once("endpoints]\n").unwrap().1.to_owned())
}

#[test]
fn manual_changes_since_the_last_import_are_kept() {
    let path = |path: &str, scope: &str| format!("  {path}: {{get: {{x-scopes: [{scope}]}}}}\n");
    let line = |path: &str, scope: &str| format!("\"GET {path}\" = \"{scope}\"\n");
    let begin = "[api.t]\nbase_url = \"https://a.test\"\nreading = \"all\"\ntitle = \"T\"\n[api.t.scopes]\n\
                 \"a:read\" = { risk = \"low\" }\n\"b:read\" = { risk = \"low\" }\n\"c:read\" = { risk = \"low\" }\n\
                 [api.t.endpoints]\n";
    let other = path("/other", "a:read") + &path("/and", "b:read") + &path("/more", "c:read");
    let others = line("/other", "a:read") + &line("/and", "b:read") + &line("/more", "c:read");
    // value in the manifest, at the last import and in the description now; reported change and resulting value
    for (mine, last, now, expected, then) in [
        ("a:read", "a:read", "b:read", "updated GET /x a:read / - / b:read", "b:read"),
        ("b:read", "a:read", "b:read", "", "b:read"),
        ("b:read", "a:read", "a:read", "kept GET /x b:read / - / a:read", "b:read"),
        ("b:read", "a:read", "c:read", "conflict GET /x b:read / a:read / c:read", "b:read"),
        ("b:read", "", "c:read", "conflict GET /x b:read / - / c:read", "b:read"),
        ("", "", "a:read", "added GET /x - / - / a:read", "a:read"),
        // removed by hand
        ("", "a:read", "a:read", "", ""),
        ("", "a:read", "b:read", "conflict GET /x - / a:read / b:read", ""),
        // removed from the description
        ("a:read", "a:read", "", "removed GET /x a:read / - / -", ""),
        ("b:read", "a:read", "", "conflict GET /x b:read / a:read / -", "b:read"),
        ("b:read", "", "", "", "b:read"),
    ] {
        let with = |scope: &str, what: &dyn Fn(&str, &str) -> String| match scope {
            "" => String::new(),
            scope => what("/x", scope),
        };
        let manifest = begin.to_owned() + &others + &with(mine, &line);
        let (reported, after) =
            three_way_merge(&manifest, &(other.clone() + &with(last, &path)), &(other.clone() + &with(now, &path)));
        assert_eq!((reported.as_str(), after), (expected, others.clone() + &with(then, &line)), "{mine} {last} {now}");
    }
}

#[test]
fn updates_keep_other_members_and_entries_with_comments() {
    let manifest = "[api.t]\n[api.t.scopes]\n\"a:read\" = { risk = \"high\" }\n\"b:read\" = { risk = \"low\" } # risk inferred\n\
                    [api.t.endpoints]\n\"GET /x\" = { all_of = \"a:read\", summary = \"mine\" } # why\n\
                    \"GET /y\" = { any_of = [\"a:read\"], summary = \"mine\" }\n";
    let last = "  /x: {get: {x-scopes: ['a:read']}}\n  /y: {get: {summary: theirs, x-scopes: ['a:read']}}";
    let now = last.replace("a:read", "b:read");
    let (reported, after) = three_way_merge(manifest, last, &now);
    assert!(reported.contains("kept GET /x a:read / - / b:read; updated GET /y a:read / - / b:read"), "{reported}");
    assert_eq!(
        after,
        "\"GET /x\" = { all_of = \"a:read\", summary = \"mine\" } # why\n\
         \"GET /y\" = { all_of = \"b:read\", summary = \"mine\" }\n"
    );
}
