//! The terminal UI in a terminal of its own: it leaves the terminal as it found it, however it ends, and nothing from
//! outside steers it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that fails shall panic")]

use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portable_pty::{Child, CommandBuilder, MasterPty, NativePtySystem, PtySize, PtySystem as _};
use rustix::process::{Pid, Signal, kill_process};
use tokscope::text::is_deceptive;

const PATIENCE: Duration = Duration::from_secs(30);

struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn std::io::Write + Send>,
    output: Receiver<Vec<u8>>,
    raw: Vec<u8>,
    screen: vt100::Parser,
    before: String,
}

impl Terminal {
    fn open(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir();
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = NativePtySystem::default().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokscope"));
        command.args(arguments);
        command.cwd(folder);
        for name in
            ["NO_COLOR", "TOKSCOPE_THEME", "TOKSCOPE_MANIFEST", "TOKSCOPE_ASCII", "TMUX", "DISPLAY", "WAYLAND_DISPLAY"]
        {
            command.env_remove(name);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let before = settings(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let screen = vt100::Parser::new(cells(24), cells(80), 0);
        Self { master: pair.master, child, keyboard, output, raw: Vec::new(), screen, before }
    }

    /// Takes what the program writes until the screen is as wanted.
    #[track_caller]
    fn until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(self.screen.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("{what} did not come: {}", self.screen.screen().contents())
                }
            }
        }
    }

    #[track_caller]
    fn shows(&mut self, text: &str) {
        self.until(text, |screen| screen.contents().contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        let id = i32::try_from(self.child.process_id().unwrap()).unwrap();
        Pid::from_raw(id).unwrap()
    }

    /// Waits for the end; gives the exit code and everything that was written.
    fn end(mut self) -> (u32, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "it did not end: {}", self.screen.screen().contents());
            std::thread::sleep(Duration::from_millis(10));
        };
        // the reader ends with the last of what was written
        while let Ok(bytes) = self.output.recv_timeout(PATIENCE) {
            self.screen.process(&bytes);
            self.raw.extend(bytes);
        }
        assert_eq!(settings(&*self.master), self.before, "the terminal is not as it was");
        assert!(!self.screen.screen().alternate_screen() && !self.screen.screen().hide_cursor());
        assert!(!self.screen.screen().bracketed_paste());
        (status.exit_code(), String::from_utf8_lossy(&self.raw).into_owned())
    }
}

/// All of what `stty -a` shows.
fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

fn token(claims: &str) -> String {
    format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#), URL_SAFE_NO_PAD.encode(claims))
}

/// A paste as a terminal sends it.
fn pasted(text: &str) -> String {
    format!("\u{1b}[200~{text}\u{1b}[201~")
}

#[test]
fn signals_at_a_passphrase_prompt_restore_the_terminal() {
    let server = crate::support::server();
    let home = crate::support::Home::new(&server);
    crate::support::vault(&home).update(|_| ()).unwrap();
    let data = home.path().join("data").to_string_lossy().into_owned();
    for signal in [None, Some(Signal::TERM)] {
        let mut terminal =
            Terminal::open(&["tokens", "list", "--store", "passphrase"], &[("XDG_DATA_HOME", &data), ("CI", "")]);
        terminal.shows("vault passphrase:");
        // the prompt is shown before the settings are changed
        let before = terminal.before.clone();
        while settings(&*terminal.master) == before {
            std::thread::sleep(Duration::from_millis(10));
        }
        match signal {
            Some(signal) => terminal.signal(signal),
            None => terminal.press("\u{3}"),
        }
        let (code, _) = terminal.end();
        assert_ne!(code, 0, "{signal:?}");
    }
}

#[test]
fn quitting_leaves_the_terminal_as_it_was() {
    for keys in ["q", "\u{3}"] {
        let mut terminal = Terminal::open(&["demo"], &[]);
        terminal.shows("1 Endpoints");
        terminal.press(keys);
        let (code, raw) = terminal.end();
        assert_eq!(code, 0);
        // each frame is shown at once by terminals that support it
        let begun = raw.matches("\u{1b}[?2026h").count();
        assert!(begun > 0 && raw.matches("\u{1b}[?2026l").count() > begun, "{raw:?}");
    }
}

#[test]
fn untrusted_text_is_escaped_on_the_terminal() {
    let mut terminal = Terminal::open(&[], &[]);
    terminal.shows("No token yet");
    let hostile = concat!(
        r#"{"sub":"\u001b]0;pwned\u0007\u009b31m\u202etxt","scope":"\u001b]52;c;cHduZWQ=\u0007","#,
        r#""iss":"\u001b[2J\u001b[?1049l\r\n\t\u0000\u007f\u200b"}"#
    );
    terminal.press(&pasted(&format!("Authorization: Bearer {}", token(hostile))));
    terminal.shows("\\u{1b}]0;pwned");
    for tab in ["2l", "l", "l", "l", "l", "v", "3", "4", "t"] {
        // keys that come together are a paste; an arrow between them says that they are not
        terminal.press(&format!("{tab}\u{1b}[B"));
    }
    terminal.shows("tokens of this session");
    terminal.press("\u{3}");
    let (_, raw) = terminal.end();
    // the program itself only queries the background
    let raw = raw.replace("\u{1b}]11;?\u{1b}\\", "");
    assert!(!raw.contains("\u{1b}]"), "no title and no clipboard was set");
    let ours = |character: char| matches!(character, '\u{1b}' | '\r' | '\n');
    assert_eq!(raw.chars().find(|character| is_deceptive(*character) && !ours(*character)), None);
}

#[test]
fn only_a_key_copies() {
    let token = token(r#"{"sub":"alice"}"#);
    let mut terminal = Terminal::open(&["--token-env", "GIVEN"], &[("GIVEN", &token)]);
    terminal.shows("alice");
    terminal.press("2y");
    terminal.shows("sent issuer to the terminal's clipboard");
    terminal.press("q");
    let (_, raw) = terminal.end();
    assert_eq!(raw.matches("\u{1b}]52;c;").count(), 1);
}

#[test]
fn no_color_is_respected_and_the_selection_stays_visible() {
    let mut terminal = Terminal::open(&["demo"], &[("NO_COLOR", "1")]);
    terminal.shows("GET    /orders");
    terminal.until("reverse video", |screen| screen.cell(2, 6).is_some_and(vt100::Cell::inverse));
    let screen = terminal.screen.screen();
    let cells = (0..24).flat_map(|row| (0..80).map(move |column| (row, column)));
    let default = vt100::Color::Default;
    let coloured = |cell: &vt100::Cell| cell.fgcolor() != default || cell.bgcolor() != default;
    assert!(!cells.filter_map(|(row, column)| screen.cell(row, column)).any(coloured));
    terminal.press("q");
    terminal.end();
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_restores_the_terminal_and_shows_no_secret() {
    for keys in ["<panic>", "2<panic>", "3<panic>", "4<panic>", "?<panic>", ":<panic>", "t<panic>", "jo<panic>"] {
        let token = token(r#"{"sub":"needle"}"#);
        let terminal = Terminal::open(&["demo", "--token-env", "GIVEN", "--keys", keys], &[("GIVEN", &token)]);
        let (code, raw) = terminal.end();
        assert_eq!(code, 101, "{keys}");
        assert!(raw.contains("internal error at src/tui/keys.rs:"), "{raw}");
        assert!(!raw.contains("a secret that must not be seen"), "{raw}");
    }
}

#[test]
fn a_terminating_signal_restores_the_terminal() {
    for (signal, name, expected) in [
        (Signal::TERM, "SIGTERM", 143),
        (Signal::INT, "SIGINT", 130),
        (Signal::HUP, "SIGHUP", 129),
        (Signal::QUIT, "SIGQUIT", 131),
    ] {
        let mut terminal = Terminal::open(&["demo"], &[]);
        terminal.shows("1 Endpoints");
        terminal.signal(signal);
        let (code, raw) = terminal.end();
        assert_eq!(code, expected);
        assert!(raw.contains(&format!("ended by {name}")) && !raw.contains("hint:"), "{raw}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn suspend_and_resume_restore_the_terminal() {
    let mut terminal = Terminal::open(&["demo"], &[]);
    terminal.shows("1 Endpoints");
    let entered = settings(&*terminal.master);
    assert_ne!(entered, terminal.before);
    terminal.signal(Signal::TSTP);
    let state = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", terminal.pid().as_raw_nonzero())).unwrap();
        stat.rsplit(')').next().unwrap().trim().chars().next().unwrap()
    };
    let deadline = Instant::now() + PATIENCE;
    while state() != 'T' {
        assert!(Instant::now() < deadline, "it did not stop: {}", state());
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(settings(&*terminal.master), terminal.before);
    terminal.until("the shell's screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    terminal.signal(Signal::CONT);
    terminal.until("the screen again", |screen| screen.alternate_screen() && screen.contents().contains("1 Endpoints"));
    assert_eq!(settings(&*terminal.master), entered);
    terminal.press("?");
    terminal.shows("keys in Endpoints");
    terminal.press("\u{3}");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn a_resize_redraws_the_screen() {
    let mut terminal = Terminal::open(&["demo"], &[]);
    terminal.shows("4 Call");
    terminal.master.resize(PtySize { rows: 16, cols: 60, pixel_width: 0, pixel_height: 0 }).unwrap();
    terminal.screen.screen_mut().set_size(cells(16), cells(60));
    terminal.shows("all: 80x20");
    terminal.press("q");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn without_a_terminal_an_error_names_the_alternative() {
    for arguments in [&["--theme", "light"][..], &["--theme", "nowhere", "--print"], &["--keys", "<nokey>", "--print"]]
    {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_tokscope"))
            .args(arguments)
            .current_dir(std::env::temp_dir())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("error: ") && said.contains("  hint: `"), "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_frame_can_be_printed_with_a_custom_theme() {
    let folder = tempfile::tempdir().unwrap();
    let themes = folder.path().join("tokscope/themes");
    std::fs::create_dir_all(&themes).unwrap();
    std::fs::write(themes.join("own.toml"), "good = \"gren\"").unwrap();
    let run = |theme: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_tokscope"))
            .args(["--print=60x16", "--ascii", "--theme", theme, "--token-env", "GIVEN"])
            .env("GIVEN", token(r#"{"sub":"alice"}"#))
            .env("XDG_CONFIG_HOME", folder.path())
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    let wrong = run("own");
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("theme `own` is not valid: `gren` is not a valid color"));
    let printed = String::from_utf8(run("dark").stdout).unwrap();
    assert!(printed.contains("alice") && printed.is_ascii(), "{printed}");
    assert_eq!(printed.lines().count(), 16);
}

#[test]
fn own_keys_are_read_and_a_conflict_is_an_error_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("tokscope/keys.toml");
    std::fs::create_dir_all(keys.parent().unwrap()).unwrap();
    let run = |source: &str| {
        std::fs::write(&keys, source).unwrap();
        std::process::Command::new(env!("CARGO_BIN_EXE_tokscope"))
            .args(["demo", "--print=80x24"])
            .env("XDG_CONFIG_HOME", folder.path())
            .output()
            .unwrap()
    };
    let wrong = run("step-up = \"S\"\ncall = \"j\"\n");
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("keys.toml:2: `j` is bound to `call` and to `everywhere.down`\n  hint: "), "{said}");
    let shown = String::from_utf8(run("step-up = \"S\"\n").stdout).unwrap();
    assert!(shown.contains(" S step up"), "{shown}");
}

#[test]
fn a_light_background_selects_the_light_theme() {
    for (reply, light) in [("rgb:fdfd/f6f6/e3e3\u{1b}\\", true), ("rgb:0000/2b2b/3636\u{7}", false)] {
        let mut terminal = Terminal::open(&["demo"], &[("TERM", "xterm-256color")]);
        terminal.shows("GET    /orders");
        assert!(String::from_utf8_lossy(&terminal.raw).contains("\u{1b}]11;?"));
        terminal.press(&format!("\u{1b}]11;{reply}"));
        // the key behind the reply is a key again, and nothing of the reply has become one
        terminal.press("T");
        terminal.shows(if light { ">light" } else { ">dark" });
        assert!(!terminal.screen.screen().contents().contains("several keys"));
        terminal.press("\u{1b}");
        terminal.until("the list closes", |screen| !screen.contents().contains("contrast-dark"));
        terminal.press("q");
        assert_eq!(terminal.end().0, 0);
    }
    // a chosen theme needs no reply, and a simple terminal would print the question
    for environment in [[("TERM", "xterm-256color"), ("TOKSCOPE_THEME", "dark")], [("TERM", "linux"), ("LANG", "C")]] {
        let mut terminal = Terminal::open(&["demo"], &environment);
        terminal.shows("GET    /orders");
        terminal.press("q");
        assert!(!terminal.end().1.contains("]11;?"));
    }
}

#[test]
fn the_authorization_url_is_a_link_as_a_whole() {
    let mut terminal = Terminal::open(&["demo"], &[("TERM", "xterm-256color")]);
    terminal.shows("GET    /orders");
    terminal.press("j");
    terminal.press("o");
    terminal.shows("requests exactly");
    terminal.press("\r");
    terminal.shows("Open this URL");
    terminal.press("\u{1b}");
    terminal.shows("cancelled");
    terminal.press("q");
    let (_, written) = terminal.end();
    let links: Vec<&str> =
        written.split("\u{1b}]8;id=").skip(1).filter_map(|rest| rest.split("\u{1b}\\").next()).collect();
    let urls: Vec<&str> = links.iter().filter_map(|link| link.split_once(';')).map(|(_, url)| url).collect();
    assert!(urls.len() > 2 && urls.iter().all(|url| *url == urls[0]), "{links:?}");
    assert!(urls[0].contains("/authorize?") && urls[0].contains("code_challenge_method=S256"), "{urls:?}");
}

/// An API that counts its requests, its manifest, and a home in which that manifest is accepted.
struct CountedApi {
    folder: tempfile::TempDir,
    requests: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl CountedApi {
    fn start() -> Self {
        use std::sync::atomic::Ordering;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = std::sync::Arc::<std::sync::atomic::AtomicUsize>::default();
        let counter = std::sync::Arc::clone(&requests);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                let Ok(mut connection) = connection else { break };
                let _ = connection.read(&mut [0; 4096]);
                let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let manifest = format!(
            "[api.x]\nbase_url = \"http://{address}\"\n[api.x.scopes]\na = {{}}\n[api.x.endpoints]\n\"GET /a\" = \"a\"\n"
        );
        std::fs::write(folder.path().join("tokscope.toml"), manifest).unwrap();
        let api = Self { folder, requests };
        let mut trust = std::process::Command::new(env!("CARGO_BIN_EXE_tokscope"));
        let trusted = trust.args(["trust", "--yes"]).current_dir(api.folder.path()).envs(api.environment()).output();
        assert!(trusted.unwrap().status.success());
        api
    }

    fn environment(&self) -> Vec<(&'static str, &str)> {
        let home = self.folder.path().to_str().unwrap();
        let folders = ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"].map(|name| (name, home));
        [&folders[..], &[("TOKSCOPE_STORE", "memory")]].concat()
    }

    fn open(&self) -> Terminal {
        let manifest = self.folder.path().join("tokscope.toml");
        Terminal::open(&["--manifest", manifest.to_str().unwrap()], &self.environment())
    }
}

#[test]
fn an_unbracketed_paste_triggers_no_action() {
    let api = CountedApi::start();
    // longer than what is read at once, and than the terminal's own buffer
    for padding in [0, 2000, 20_000] {
        let claims = format!(r#"{{"sub":"alice","pad":"{}","scope":"a"}}"#, "x".repeat(padding));
        let opened = [("e", "Name: value"), ("?", "keys in Endpoints"), (":", "obtain a token for")];
        let places = [("", "1 Endpoints")].into_iter().chain(opened);
        for ((keys, shown), end) in places.zip(["\r", "\r\n", "\n", "\r\r"]) {
            let mut terminal = api.open();
            terminal.shows("1 Endpoints");
            if !keys.is_empty() {
                terminal.press(keys);
                terminal.shows(shown);
            }
            terminal.press(&format!("{}{end}", token(&claims)));
            terminal.shows("token alice");
            // the whole token came, and none of its keys is left to act
            terminal.shows("token pasted (not verified)");
            terminal.press("\u{3}");
            assert_eq!(terminal.end().0, 0);
        }
    }
    assert_eq!(api.requests.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[test]
fn pasted_text_triggers_no_key_binding() {
    let api = CountedApi::start();
    for text in ["cat", "code abc", "quit", "open sesame", "delete\ncall\n", "p y\r\n", "\rc\r"] {
        let mut terminal = api.open();
        terminal.shows("1 Endpoints");
        terminal.press(&format!("{text}\r"));
        terminal.shows("ignored several keys that arrived at once");
        terminal.press("\u{3}");
        assert_eq!(terminal.end().0, 0);
    }
    assert_eq!(api.requests.load(std::sync::atomic::Ordering::SeqCst), 0);
}
