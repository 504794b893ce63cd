//! The examples in README.md and the other pages work: each line of the shell blocks runs, against the demo's servers and a
//! directory with the files that they use.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails shall panic"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tokscope::demo::{self, Consent};
use tokscope::net;
use url::Url;

/// Folders of documentation whose commands are not run here, each with its reason.
const NOT_HERE: &[(&str, &str)] = &[
    ("providers", "made from the presets, and run against stand-ins of the providers: `tests/suite/providers`"),
    ("pictures", "no pages"),
];

/// Prefixes of lines that are not run, each with its reason.
const NOT_RUN: &[(&str, &str)] = &[
    ("tokscope approve", "needs several users with their keys: `tests/suite/approvals` is about them"),
    ("cargo ", "builds the program that is tested"),
    (".ci/run", "runs this test"),
    ("benches/compare ", "installs other programs, and takes many minutes"),
    ("RUSTC_BOOTSTRAP=1 cargo ", "fuzzes the program that is tested"),
    ("TOKSCOPE_FUZZ_SECONDS=", "runs this suite"),
    (
        "tokscope call --mcp",
        "asks before it calls a tool, of a server that is not here: `tests/suite/servers` calls a real one",
    ),
    ("tokscope gateway authorize", "runs until it is ended: `tests/suite/engines` asks one"),
    ("tokscope gateway serve", "runs until it is stopped: `tests/suite/gateway` serves one"),
    ("tokscope gateway status", "needs a gateway that serves: `tests/suite/gateway` asks one"),
    ("tokscope gateway stop", "needs a gateway that serves: `tests/suite/gateway` stops one"),
    ("eval \"$(tokscope gateway env)\"", "needs a gateway that serves: `tests/suite/gateway` reads its variables"),
    ("tokscope demo --serve", "runs until it is ended: this test serves the demo itself"),
];

/// Calls the API through the gateway.
const SYNC: &str = r#"exec bash -c '
base=${ORDERS_BASE_URL#http://}; host=${base%%/*}
exec 3<>/dev/tcp/${host%:*}/${host#*:}
printf "GET /${base#*/}/orders HTTP/1.1\r\nHost: $host\r\nAuthorization: Bearer $ORDERS_TOKEN\r\nConnection: close\r\n\r\n" >&3
grep -q "^HTTP/1.1 [24]" <&3'"#;

/// Prefixes of lines with an exit code other than 0.
const OTHER_CODES: &[(&str, &[i32])] = &[
    ("tokscope check", &[3]),
    ("tokscope decode --fail-on", &[6]),
    // the demo's tokens are signed with a private key, and a shared secret never verifies one
    ("tokscope decode --verify --secret-env", &[4]),
    ("tokscope manifest lint", &[6]),
    ("tokscope manifest diff", &[6]),
    ("tokscope manifest fmt --check", &[6]),
    ("tokscope probe", &[6]),
    ("tokscope call 'GET /reports/sales'", &[3]),
    ("tokscope tokens review --fail-on", &[6]),
    ("tokscope token -e 'GET /orders' | tokscope check", &[3]),
    ("tokscope why", &[3]),
    // here is nobody to be asked
    ("tokscope trust", &[5]),
];

const DESCRIPTION: &str = "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\nservers: [{url: 'https://shop.example.com'}]\n\
    components: {securitySchemes: {o: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://shop.example.com/t', \
    scopes: {'shop:read': Read}}}}}}\npaths: {/goods: {get: {security: [{o: ['shop:read']}]}}}\n";

/// The pages of the documentation: README.md, CONTRIBUTING.md, SECURITY.md and everything in `docs/`.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md"].map(|name| root.join(name)).to_vec();
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.extension().and_then(std::ffi::OsStr::to_str) {
                None if path.is_dir() => folders.push(path),
                Some("md") => pages.push(path),
                _ => {}
            }
        }
    }
    pages
}

/// The commands in the shell blocks of the documentation, with their comments.
fn examples() -> Vec<String> {
    let is_run = |page: &PathBuf| {
        let folder = page.parent().and_then(Path::file_name).unwrap_or_default();
        NOT_HERE.iter().all(|(name, _)| folder != *name)
    };
    let mut examples = Vec::new();
    for document in pages().into_iter().filter(is_run) {
        let mut inside = false;
        for line in fs::read_to_string(document).unwrap().lines() {
            match line.trim() {
                "```sh" => inside = true,
                "```" => inside = false,
                line if inside && !line.is_empty() && !line.starts_with('#') => examples.push(line.to_owned()),
                _ => {}
            }
        }
    }
    examples
}

/// Commands hide in no other block, each page is listed, and each link leads to a file.
#[test]
fn every_page_is_listed_and_its_blocks_and_links_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let languages = [
        "",
        "sh",
        "toml",
        "json",
        "yaml",
        "http",
        "text",
        "nginx",
        "sql",
        "ini",
        "rust",
        "python",
        "console",
        "apache",
        "caddyfile",
    ];
    let (mut wrong, mut linked) = (Vec::new(), BTreeSet::new());
    for page in pages() {
        let (folder, text) = (page.parent().unwrap(), fs::read_to_string(&page).unwrap());
        let mut inside = false;
        for line in text.lines() {
            if let Some(language) = line.trim().strip_prefix("```") {
                inside = !inside;
                // attributes such as a title may follow
                let language = language.split(' ').next().unwrap();
                if !languages.contains(&language) {
                    wrong.push(format!("{}: a block of the language `{language}`", page.display()));
                }
                continue;
            }
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            let files = targets.filter(|target| !inside && !target.contains("://") && !target.starts_with('#'));
            for target in files.map(|target| target.split('#').next().unwrap()) {
                match folder.join(target).canonicalize() {
                    Ok(path) => _ = linked.insert(path),
                    Err(_) => wrong.push(format!("{}: no file `{target}`", page.display())),
                }
            }
        }
    }
    let unlisted = pages().into_iter().filter(|page| page != &root.join("README.md"));
    let unlisted = unlisted.filter(|page| !linked.contains(&page.canonicalize().unwrap()));
    wrong.extend(unlisted.map(|page| format!("no page links to {}", page.display())));
    assert_eq!(wrong, [] as [String; 0]);
    assert!(linked.len() > 60, "{}", linked.len());
}

/// A home directory with everything that the examples use.
struct Home {
    folder: tempfile::TempDir,
    servers: Child,
    about: Value,
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.servers.kill();
        let _ = self.servers.wait();
    }
}

fn wait<T>(task: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(task)
}

impl Home {
    fn new() -> Self {
        let mut servers = Command::new(env!("CARGO_BIN_EXE_tokscope"))
            .args(["demo", "--serve", "--port", "0", "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = servers.stdout.take().unwrap();
        let about = serde_json::Deserializer::from_reader(out).into_iter::<Value>().next().unwrap().unwrap();
        let home = Self { folder: tempfile::tempdir().unwrap(), servers, about };
        let machine = "tokscope token -e 'GET /orders' --client ci";
        home.write("tokscope.toml", home.about("manifest"));
        assert!(home.run("tokscope trust --yes").status.success(), "the manifest can't be trusted");
        let machine = home.run(machine);
        assert!(machine.status.success(), "{machine:?}");
        let token = String::from_utf8(machine.stdout).unwrap().trim().to_owned();
        let endpoint = |path: &str| format!("{}{path}", home.about("api"));
        home.write("token.txt", &token);
        home.write("tokens.txt", &format!("{token}\n{token}\n"));
        home.write("access.log", &format!("1.2.3.4 - - [x] \"GET /v1/orders?access_token={token} HTTP/1.1\" 200 2\n"));
        home.write("openapi.yaml", DESCRIPTION);
        fs::create_dir(home.path().join("shop")).unwrap();
        home.write(
            "session.har",
            &format!(
                r#"{{"log":{{"entries":[{{"request":{{"method":"GET","url":"{}","headers":[{{"name":"Authorization","value":"Bearer {token}"}}]}},
                "response":{{"status":403,"headers":[],"content":{{}}}}}}]}}}}"#,
                endpoint("/orders")
            ),
        );
        let response = "HTTP/1.1 403 Forbidden\r\nWWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"orders:write\"\r\n\r\n";
        home.write("answer.txt", response);
        home.write("response.txt", response);
        let jwks = wait(async {
            let jwks = Url::parse(&format!("{}/jwks", home.about("issuer"))).unwrap();
            let limits = net::Limits { deadline: std::time::Duration::from_mins(1), body: 1 << 20 };
            let request =
                net::Request { method: http::Method::GET, url: jwks, headers: http::HeaderMap::new(), body: None };
            net::Client::new().unwrap().send(request, limits).await.unwrap().body
        });
        fs::write(home.path().join("jwks.json"), jwks).unwrap();
        for (name, script) in [
            ("src/list.sh", "curl \"$BASE/orders\""),
            ("sync.sh", SYNC),
            ("report.sh", "test -n \"$TOKSCOPE_ACCESS_TOKEN\""),
            // what the examples hand a token to; the network is not theirs here
            ("bin/curl", "grep -q '^Authorization: ' && cat response.txt"),
            ("bin/http", "grep -q . \"${2#Authorization:@}\""),
            ("bin/xh", "grep -q . \"${2#Authorization:@}\""),
            ("bin/pbpaste", "cat token.txt"),
        ] {
            home.write(name, &format!("#!/bin/sh\n{script}\n"));
            fs::set_permissions(home.path().join(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        let called = home.run("tokscope gateway run --client ci -- ./sync.sh");
        assert!(called.status.success(), "{called:?}");
        let git = "git -c init.defaultBranch=main init -q && git add tokscope.toml && \
                   git -c user.name=a -c user.email=a@example.com -c commit.gpgsign=false commit -qm one";
        assert!(home.run(git).status.success());
        home
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// What the demo says of itself.
    fn about(&self, name: &str) -> &str {
        self.about[name].as_str().unwrap().trim_end_matches('/')
    }

    /// A line with what stands for something else put in: the servers, a token.
    fn filled(&self, line: &str) -> String {
        line.replace("http://127.0.0.1:8422/v1", self.about("api"))
            .replace("http://127.0.0.1:8421", self.about("issuer"))
            .replace("https://login.example.com", self.about("issuer"))
            .replace("https://api.example.com/v1", self.about("api"))
            .replace("https://api.example.com", self.about("api"))
            .replace("eyJhbGciOi…", "\"$TOKEN\"")
    }

    /// Runs a line in a shell, and signs in when required.
    fn run(&self, line: &str) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_tokscope")).parent().unwrap();
        let paths = [self.path().join("bin"), program.to_path_buf()];
        let inherited = std::env::var_os("PATH").unwrap();
        let paths = std::env::join_paths(paths.into_iter().chain(std::env::split_paths(&inherited))).unwrap();
        let mut child = Command::new("bash")
            .args(["-c", &format!("set -o pipefail; {line}")])
            .current_dir(self.path())
            .env_clear()
            .env("PATH", paths)
            .env("HOME", self.path())
            .env("XDG_DATA_HOME", self.path().join("data"))
            .env("XDG_STATE_HOME", self.path().join("state"))
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("TOKSCOPE_STORE", "passphrase")
            .env("TOKSCOPE_PASSPHRASE_FILE", self.passphrase())
            .env(self.about("secret_env"), self.about("secret"))
            .env("SECRET", "a secret of more than thirty-two bytes")
            .env("TOKEN", fs::read_to_string(self.path().join("token.txt")).unwrap_or_default())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            out.read_to_end(&mut bytes).unwrap();
            bytes
        });
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut stderr = String::new();
        while said.read_line(&mut stderr).unwrap() > 0 {
            if let Some(url) = stderr.lines().last().and_then(|line| line.strip_prefix("sign in at: ")) {
                let url = Url::parse(url).unwrap();
                let http = net::Client::new().unwrap();
                wait(demo::sign_in(&http, &url, &Consent::Everything)).unwrap();
            }
        }
        Output { status: child.wait().unwrap(), stdout: reader.join().unwrap(), stderr: stderr.into_bytes() }
    }

    fn passphrase(&self) -> std::path::PathBuf {
        let path = self.path().join("passphrase");
        fs::write(&path, "correct horse battery\n").unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path
    }
}

#[test]
fn every_example_in_the_readme_and_the_documentation_runs() {
    let home = Home::new();
    let mut run = 0;
    let mut faults = Vec::new();
    for example in examples() {
        if NOT_RUN.iter().any(|(start, _)| example.starts_with(start)) {
            continue;
        }
        // each on the same ground
        home.write("tokscope.toml", home.about("manifest"));
        if example.starts_with("tokscope init") {
            fs::remove_file(home.path().join("tokscope.toml")).unwrap();
        }
        let output = home.run(&home.filled(&example));
        let others =
            OTHER_CODES.iter().find(|(start, _)| example.starts_with(start)).map_or(&[][..], |(_, codes)| codes);
        let code = output.status.code();
        if code != Some(0) && !code.is_some_and(|code| others.contains(&code)) {
            faults.push(format!("{example}\n  ends with {code:?}: {}", String::from_utf8_lossy(&output.stderr)));
        }
        run += 1;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(run > 80, "only {run} examples were found");
}

#[test]
fn manifests_in_the_documentation_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let readme = read("README.md");
    let readme = readme.split("```toml\n").nth(1).and_then(|after| after.split("```").next()).unwrap();
    let parsed = tokscope::manifest::parse(readme);
    assert!(parsed.findings.is_empty() && parsed.manifest.is_some(), "{:?}", parsed.findings);
    let pages = ["docs/manifest.md", "docs/calls.md"].map(read);
    let blocks: Vec<&str> = pages
        .iter()
        .flat_map(|page| page.split("```toml\n").skip(1))
        .map(|after| after.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() > 2);
    let first = tokscope::manifest::parse(blocks[0]);
    assert!(first.findings.is_empty() && first.manifest.is_some(), "{:?}", first.findings);
    // what comes later goes into the first
    for block in blocks[1..].iter().filter(|block| !blocks[0].starts_with(**block)) {
        let parsed = tokscope::manifest::parse(&format!("{}\n{block}", blocks[0]));
        let wrong =
            |finding: &&tokscope::diagnostic::Diagnostic| finding.severity() > tokscope::diagnostic::Severity::Info;
        assert!(!parsed.findings.iter().any(|finding| wrong(&finding)), "{block}: {:?}", parsed.findings);
    }
}

/// Every schema of a JSON document is in the table of `docs/exit-codes.md`.
#[test]
fn every_json_schema_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/exit-codes.md")).unwrap();
    let mut folders = vec![root.join("src")];
    let mut schemas = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                let strings = source
                    .split('"')
                    .map(|text| text.trim_end_matches('\\'))
                    .filter(|text| text.starts_with("tokscope.") && text.contains("/v"));
                schemas
                    .extend(strings.filter(|text| text.len() < 40 && !text.contains([' ', '\n'])).map(str::to_owned));
            }
        }
    }
    assert!(schemas.len() > 20, "{schemas:?}");
    let missing: Vec<&String> = schemas.iter().filter(|schema| !page.contains(&format!("`{schema}`"))).collect();
    assert!(missing.is_empty(), "docs/exit-codes.md does not list {missing:?}");
}

/// Every test that `docs/requirements.md` names exists.
#[test]
fn every_test_in_the_tables_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    let mut folders = vec![root.join("src"), root.join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            match path.extension().and_then(std::ffi::OsStr::to_str) {
                Some("rs") => sources.push_str(&fs::read_to_string(&path).unwrap()),
                None if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with(".venv") => {
                    folders.push(path);
                }
                _ => {}
            }
        }
    }
    let tables = fs::read_to_string(root.join("docs/requirements.md")).unwrap();
    let rows = tables.lines().filter(|line| line.starts_with('|') || line.contains(", `") || line.contains("(`"));
    let names = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    let is_test = |name: &&str| {
        name.matches('_').count() > 1
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"_0123456789".contains(&byte))
    };
    let (mut seen, mut gone) = (0, Vec::new());
    for name in names.filter(is_test) {
        seen += 1;
        if !sources.contains(&format!("fn {name}()")) {
            gone.push(name);
        }
    }
    assert!(seen > 100, "{seen}");
    assert_eq!(gone, [] as [&str; 0]);
}

/// A filter that matches no test succeeds, so `.ci/run` would not notice that a module has another name.
#[test]
fn test_commands_name_existing_modules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let binaries = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let modules = include_str!("main.rs");
    let (mut seen, mut wrong) = (0, Vec::new());
    for file in ["CONTRIBUTING.md", "tests/servers/README.md", "docs/requirements.md", ".ci/run"] {
        // the published package has no .ci
        for line in fs::read_to_string(root.join(file)).unwrap_or_default().lines() {
            let words: Vec<&str> = line.split([' ', '`']).collect();
            let Some(position) = words.iter().position(|word| *word == "--test") else { continue };
            let filters = words.iter().filter_map(|word| word.strip_suffix("::"));
            let exists = binaries.contains(&format!("[[test]]\nname = \"{}\"", words[position + 1]))
                && filters.clone().all(|filter| modules.lines().any(|line| line == format!("mod {filter};")));
            seen += 1;
            if !exists {
                wrong.push(format!("{file}: {line}"));
            }
        }
    }
    assert_eq!(wrong, [] as [String; 0]);
    assert!(seen > 8, "only {seen} commands were found");
}
