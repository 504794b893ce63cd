//! Reduces start-up time of native glibc builds in two ways.
//!
//! - A position-independent executable has some twenty thousand relocations at every start. Packed (`DT_RELR`) they take
//!   6 KiB instead of 580 KiB. glibc supports them since version 2.36, and such an executable does not start
//!   with an older one, so the version is checked.
//! - The unwinder is a shared library that the loader opens, maps and binds at every start. It is linked statically
//!   instead: the static library is part of every GCC.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// First glibc version with `DT_RELR` support.
const SINCE: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_native = env::var("HOST").is_ok_and(|host| env::var("TARGET").is_ok_and(|target| host == target));
    let gnu = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux")
        && env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|libc| libc == "gnu");
    if !is_native || !gnu {
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

/// Returns the glibc version from `getconf GNU_LIBC_VERSION`.
fn glibc() -> Option<(u32, u32)> {
    let text = output_of("getconf", "GNU_LIBC_VERSION")?;
    let (major, minor) = text.strip_prefix("glibc ")?.split_once('.')?;
    let minor = minor.split('.').next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Returns the directory of `libgcc_eh.a`.
fn unwinder() -> Option<PathBuf> {
    let path = output_of("cc", "-print-file-name=libgcc_eh.a")?;
    // a compiler without it prints the bare name
    let folder = Path::new(&path).parent().filter(|folder| folder.is_absolute())?;
    Some(folder.to_owned())
}

fn output_of(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned())
}
