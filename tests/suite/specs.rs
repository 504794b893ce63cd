//! Import of real API descriptions. `TOKSCOPE_SPECS` names the directory that contains them and their `index.csv`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

use std::fs;
use std::path::{Path, PathBuf};

use tokscope::diagnostic::Severity;
use tokscope::manifest::import::{Import, Options, Policy, Principal, Target, import};
use tokscope::manifest::parse;

/// Files whose counts differ from the index, and why: file, endpoints, scoped endpoints.
const DIFFERENCES: &[(&str, usize, usize, &str)] = &[
    ("cds-au-banking.json", 19, 17, "the index ignores extensions: `x-scopes` occurs on 17 operations"),
    (
        "cloudflare-x-cfPermissionsRequired.json",
        1166,
        535,
        "the index ignores extensions: `x-cfPermissionsRequired` occurs on 535 operations",
    ),
    ("camara-quality-on-demand.yaml", 5, 5, "the index ignores a scheme in another file"),
    ("asana-sdk.yaml", 247, 144, "the index ignores an undefined scheme, whose scopes occur on 144 operations"),
];

/// Files without counts in the index: its parser failed, or it counted something else.
const UNCOUNTED: &[(&str, usize, usize)] =
    &[("guru2020-epa-eff-yaml-value-tag.swagger.yaml", 8, 0), ("guru2020-azure-billing-bad-date.yaml", 100, 100)];

fn corpus() -> PathBuf {
    PathBuf::from(std::env::var_os("TOKSCOPE_SPECS").unwrap())
}

fn read(path: &Path) -> Import {
    let folder = path.parent().unwrap().to_owned();
    let mut files = |name: &str| fs::read(folder.join(name)).map_err(|error| format!("`{name}`: {error}"));
    let name = path.file_name().unwrap().to_string_lossy();
    import(&name, &fs::read(path).unwrap(), &Options::default(), &mut files)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
#[ignore = "needs the directory named by TOKSCOPE_SPECS"]
fn the_corpus_is_imported_completely() {
    let folder = corpus();
    let index = fs::read_to_string(folder.join("index.csv")).unwrap();
    let mut seen = 0;
    let mut wrong = Vec::new();
    let counted = index.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        Some((fields.first()?.to_string(), fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    });
    let uncounted = UNCOUNTED.iter().map(|(file, endpoints, scoped)| ((*file).to_owned(), *endpoints, *scoped));
    for (file, endpoints, scoped) in counted.chain(uncounted) {
        let path = folder.join(&file);
        if !path.exists() {
            continue;
        }
        seen += 1;
        let difference = DIFFERENCES.iter().find(|(name, ..)| *name == file);
        let expected = difference.map_or((endpoints, scoped), |(_, endpoints, scoped, _)| (*endpoints, *scoped));
        let import = read(&path);
        if (import.operations, import.scoped) != expected {
            wrong.push(format!(
                "{file}: {} {} instead of {expected:?}; {:?}",
                import.operations, import.scoped, import.skipped
            ));
        }
    }
    assert!(seen > 25, "only {seen} descriptions of the index are in {}", folder.display());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Numbers of operations and of entries, for each principal.
#[test]
#[ignore = "needs the directory named by TOKSCOPE_SPECS"]
fn graph_permissions_are_imported_for_each_principal() {
    let folder = corpus();
    let bytes = fs::read(folder.join("msgraph-permissions.json")).unwrap();
    for (principal, operations, lines) in [
        (Principal::Delegated, 10_940, 10_880),
        (Principal::Personal, 2_514, 2_512),
        (Principal::Application, 8_764, 8_707),
    ] {
        let options = Options { principal, ..Options::default() };
        let import = import("permissions.json", &bytes, &options, &mut |_| Err(String::new())).unwrap();
        let made: usize = import.apis.iter().map(|api| api.endpoints.len()).sum();
        assert_eq!((import.operations, made), (operations, lines), "{principal}");
        // every method and path of the file, whether or not the principal may call it
        assert_eq!(import.operations + import.skipped.len(), 11_215, "{principal}");
    }
}

#[test]
#[ignore = "needs the directory named by TOKSCOPE_SPECS"]
fn readings_are_inferred_as_the_vendors_mean_them() {
    let folder = corpus();
    for (file, reading) in [
        ("slack-web.v2.json", "any"),
        ("xero-accounting.yaml", "any"),
        // every list is the whole catalogue, which says nothing
        ("vimeo.yaml", "all"),
        ("figma.yaml", "any"),
        ("discord.json", "all"),
        // pairs such as `edu.classes edu.assignments` show nothing
        ("guru2020-flat.io.swagger.yaml", "mixed"),
        ("okta-management.yaml", "all"),
        // one of its lists has a scope for reading and one for writing on a GET
        ("digitalocean/DigitalOcean-public.v2.yaml", "mixed"),
        ("jira-platform.v3.json", "all"),
        // `write:pets read:pets` on GET, and on POST
        ("petstore-3.0.4.yaml", "mixed"),
        ("google-discovery/drive.v3.json", "any"),
    ] {
        assert_eq!(read(&folder.join(file)).reading.as_str(), reading, "{file}");
    }
}

/// Imports can be written, and the result is a manifest without errors.
#[test]
#[ignore = "needs the directory named by TOKSCOPE_SPECS"]
fn every_import_is_a_valid_manifest() {
    let folder = corpus();
    for file in [
        "jira-platform.v3.json",
        "box.json",
        "okta-management.yaml",
        "google-discovery/drive.v3.json",
        "msgraph-permissions.json",
    ] {
        let import = read(&folder.join(file));
        let mut target = Target::new("", "imported").unwrap();
        target.merge(&import, None, file, Policy::default());
        let text = target.manifest();
        let parsed = parse(&text);
        let worst: Vec<_> =
            parsed.findings.iter().filter(|finding| finding.severity() == Severity::Error).take(5).collect();
        assert_eq!(worst, [] as [&tokscope::diagnostic::Diagnostic; 0], "{file}");
        let lines: usize = import.apis.iter().map(|api| api.endpoints.len()).sum();
        assert_eq!(parsed.manifest.unwrap().apis.iter().map(|api| api.endpoints.len()).sum::<usize>(), lines, "{file}");
        // importing again changes nothing
        let mut again = Target::new(&text, "imported").unwrap();
        for last in [None, Some(&import)] {
            assert_eq!(again.merge(&import, last, file, Policy { update: true, prune: true }), [], "{file}");
        }
        assert_eq!(again.manifest(), text, "{file}");
    }
}
