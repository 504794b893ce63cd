use super::*;

/// Runs a script of milliseconds and keys; the keys of a step arrive at once. Returns the resulting input, a paste in angle
/// brackets after the key that acted before it.
fn classified(script: &[(u64, &str)]) -> Vec<String> {
    let start = Instant::now();
    let (mut bursts, mut out) = (Bursts::default(), VecDeque::new());
    let pause_until = |bursts: &mut Bursts, out: &mut VecDeque<Input>, at: Instant| {
        while let Some(wakes) = bursts.wakes().filter(|wakes| *wakes <= at) {
            bursts.pause(wakes, out);
        }
    };
    for (milliseconds, keys) in script {
        let at = start + Duration::from_millis(*milliseconds);
        pause_until(&mut bursts, &mut out, at);
        for key in keys.chars() {
            bursts.take(pressed(key), at, &mut out);
        }
        bursts.pause(at, &mut out);
    }
    pause_until(&mut bursts, &mut out, start + Duration::from_hours(1));
    assert!(bursts.buffered.is_empty());
    out.iter().map(shown).collect()
}

fn pressed(key: char) -> Event {
    let (code, modifiers) = match key {
        '\r' => (KeyCode::Enter, KeyModifiers::NONE),
        '\n' => (KeyCode::Char('j'), KeyModifiers::CONTROL),
        '\t' => (KeyCode::Tab, KeyModifiers::NONE),
        '\u{3}' => (KeyCode::Char('c'), KeyModifiers::CONTROL),
        '\u{10}' => (KeyCode::Char('p'), KeyModifiers::CONTROL),
        '↓' => (KeyCode::Down, KeyModifiers::NONE),
        '␛' => (KeyCode::Esc, KeyModifiers::NONE),
        '▣' => return Event::Paste("bracketed".to_owned()),
        other => (KeyCode::Char(other), KeyModifiers::NONE),
    };
    Event::Key(KeyEvent::new(code, modifiers))
}

fn shown(input: &Input) -> String {
    match input {
        Input::Event(Event::Key(key)) if key.modifiers.contains(KeyModifiers::CONTROL) => format!("^{}", key.code),
        Input::Event(Event::Key(key)) => key.code.to_string(),
        Input::Event(Event::Paste(text)) => format!("[{text}]"),
        Input::Burst { before, text } => format!("{}<{text}>", before.map(String::from).unwrap_or_default()),
        other => format!("{other:?}"),
    }
}

#[test]
fn keys_that_arrive_together_are_a_paste_and_line_ends_confirm_nothing() {
    for (script, expected) in [
        (&[(0, "eyJhbGciOi\r")][..], vec!["<eyJhbGciOi\n>"]),
        (&[(0, "abc\ndef\r\nghi\n")], vec!["<abc\ndef\n\nghi\n>"]),
        (&[(0, "\reyJ\r")], vec!["<\neyJ\n>"]),
        (&[(0, "c\td")], vec!["<c\td>"]),
        (&[(0, "jjo")], vec!["<jjo>"]),
        (&[(0, "\r\r\r")], vec!["<\n\n\n>"]),
    ] {
        assert_eq!(classified(script), expected, "{script:?}");
    }
}

#[test]
fn a_paste_that_arrives_in_parts_is_combined() {
    assert_eq!(classified(&[(0, "eyJhbG"), (20, "ciOi"), (100, "J"), (180, "\r")]), ["<eyJhbGciOiJ\n>"]);
    assert_eq!(classified(&[(0, "ey"), (5, "J"), (9, "\r")]), ["<eyJ\n>"]);
    // the first key arrived alone and has acted: it is passed on so that the token can be completed
    assert_eq!(classified(&[(0, "e"), (5, "yJhbGciOi\r")]), ["e", "e<yJhbGciOi\n>"]);
    // the last line end may arrive late, but not as late as one that is typed
    assert_eq!(classified(&[(0, "abc"), (160, "\r")]), ["<abc>", "<\n>"]);
    assert_eq!(classified(&[(0, "abc"), (499, "\n")]), ["<abc>", "<\n>"]);
    assert_eq!(classified(&[(0, "abc"), (600, "\r")]), ["<abc>", "Enter"]);
    assert_eq!(classified(&[(0, "abc\r"), (400, "def\r")]), ["<abc\n>", "<def\n>"]);
}

#[test]
fn keys_faster_than_typing_are_a_paste() {
    let script: Vec<(u64, &str)> =
        (0..12).map(|at| (at * 3, ["e", "d", "c", "b"][usize::try_from(at).unwrap() % 4])).collect();
    let found = classified(&[script.as_slice(), &[(40, "\r")]].concat());
    assert_eq!(found, ["e", "d", "c", "b", "e", "e<dcbedcb\n>"]);
}

#[test]
fn single_keys_act_immediately() {
    let (mut bursts, mut out) = (Bursts::default(), VecDeque::new());
    for key in ['o', '\r', 'e', '\t', 'y'] {
        let at = Instant::now();
        bursts.take(pressed(key), at, &mut out);
        bursts.pause(at, &mut out);
        assert_eq!((out.len(), bursts.wakes()), (1, None));
        out.clear();
        bursts = Bursts::default();
    }
    assert_eq!(classified(&[(0, "o"), (30, "\r"), (60, "c")]), ["o", "Enter", "c"]);
}

#[test]
fn a_held_key_acts_on_every_repetition() {
    for (script, count) in
        [(&[(0, "jjjjjj")][..], 6), (&[(0, "jjkkl")], 5), (&[(0, "\t\t\t\t")], 4), (&[(0, "↓↓↓↓")], 4)]
    {
        assert_eq!(classified(script).len(), count, "{script:?}");
    }
    let repeated: Vec<(u64, &str)> = (0..20).map(|at| (at * 5, "x")).collect();
    assert_eq!(classified(&repeated), ["x"; 20]);
}

#[test]
fn two_keys_that_arrive_together_act_unless_they_confirm_or_repeat_something() {
    assert_eq!(classified(&[(0, "go")]), ["g", "o"]);
    for (keys, shown) in
        [("o\r", "<o\n>"), ("c\r", "<c\n>"), ("p\n", "<p\n>"), ("\rc", "<\nc>"), ("\r\r", "<\n\n>"), ("cc", "<cc>")]
    {
        assert_eq!(classified(&[(0, keys)]), [shown], "{keys:?}");
    }
}

#[test]
fn keys_read_together_with_a_bracketed_paste_belong_to_it() {
    assert_eq!(classified(&[(0, "▣c\r")]), ["[bracketed]", "<c\n>"]);
    assert_eq!(classified(&[(0, "▣"), (30, "\r")]), ["[bracketed]", "Enter"]);
}

#[test]
fn keys_without_a_character_keep_their_position() {
    assert_eq!(classified(&[(0, "abcd"), (20, "↓")]), ["<abcd>", "Down"]);
    assert_eq!(classified(&[(0, "abcd\u{3}")]), ["<abcd>", "^c"]);
    assert_eq!(classified(&[(0, "abcd\u{10}e\r")]), ["<abcde\n>"]);
}
