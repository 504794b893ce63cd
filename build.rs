//! Tells the linker to pack relocations where the C library of this machine can unpack them.
//!
//! A position-independent program relocates some twenty thousand pointers at every start. Packed (`DT_RELR`) they take 6 KiB
//! of the file instead of 580, which a `decode` in a script feels. glibc reads them since version 2.36, and a program that
//! has them refuses to start with an older one: so this asks, and leaves a build for another machine alone.

use std::env;
use std::process::Command;

/// The first glibc that relocates from `DT_RELR`.
const SINCE: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let at_home = env::var("HOST").is_ok_and(|host| env::var("TARGET").is_ok_and(|target| host == target));
    let gnu = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux")
        && env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|libc| libc == "gnu");
    if at_home && gnu && glibc().is_some_and(|version| version >= SINCE) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// `glibc 2.36` of `getconf GNU_LIBC_VERSION`, as numbers.
fn glibc() -> Option<(u32, u32)> {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    let minor = minor.split('.').next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
