//! The program as a process, and what is typed into it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// The program, without what the tester's own environment would tell it.
pub(crate) fn tokscope() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokscope"));
    command.env_remove("TOKSCOPE_MANIFEST").env_remove("TOKSCOPE_TOKEN").env_remove("TOKSCOPE_STORE");
    command
}

/// Runs it to its end. A command that refuses its options may exit before it reads its input, which is not a failure.
pub(crate) fn output(command: &mut Command, input: impl AsRef<[u8]>) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.as_ref();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().unwrap()
    })
}
