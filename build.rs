//! Two things that the start of the program costs, where this machine builds for itself with GNU's C library.
//!
//! - A position-independent program relocates some twenty thousand pointers at every start. Packed (`DT_RELR`) they take
//!   6 KiB of the file instead of 580. glibc reads them since version 2.36, and a program that has them refuses to start
//!   with an older one: so this asks.
//! - The unwinder comes as a library of its own, which the loader opens, maps and binds before anything else happens. Its
//!   static form is part of every GCC.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The first glibc that relocates from `DT_RELR`.
const SINCE: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let at_home = env::var("HOST").is_ok_and(|host| env::var("TARGET").is_ok_and(|target| host == target));
    let gnu = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux")
        && env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|libc| libc == "gnu");
    if !at_home || !gnu {
        return;
    }
    if glibc().is_some_and(|version| version >= SINCE) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    if let Some(folder) = unwinder() {
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// `glibc 2.36` of `getconf GNU_LIBC_VERSION`, as numbers.
fn glibc() -> Option<(u32, u32)> {
    let text = said_by("getconf", "GNU_LIBC_VERSION")?;
    let (major, minor) = text.strip_prefix("glibc ")?.split_once('.')?;
    let minor = minor.split('.').next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The folder of `libgcc_eh.a`.
fn unwinder() -> Option<PathBuf> {
    let path = said_by("cc", "-print-file-name=libgcc_eh.a")?;
    // a compiler that has none gives the name back
    let folder = Path::new(&path).parent().filter(|folder| folder.is_absolute())?;
    Some(folder.to_owned())
}

fn said_by(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned())
}
