//! Bulk processing: `--lines` compared with base64 decoding, verification with the crypto library, a scan with a
//! substring search.

use std::hint::black_box;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{self, KeyPair as _, ParsedPublicKey};
use base64_simd::URL_SAFE_NO_PAD;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use tokscope::secret::Secret;
use tokscope::token::key::{Key, KeySet};
use tokscope::token::lines::{Lines, Options, Verify};
use tokscope::token::scan::Scanner;
use tokscope::token::verify::{Expected, Facts, Verifier, Wording};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Generates access tokens of some 800 bytes, each with its own subject.
fn tokens(count: usize, alg: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<String> {
    let header = format!(r#"{{"alg":"{alg}","typ":"at+jwt","kid":"2026-11-a"}}"#);
    let header = URL_SAFE_NO_PAD.encode_to_string(header);
    let filling = "x".repeat(200);
    let one = |index: usize| {
        let claims = format!(
            r#"{{"iss":"https://login.example.com/","sub":"user-{index:07}","aud":["https://api.example.com","https://files.example.com"],"exp":4102444800,"iat":1790000000,"client_id":"s6BhdRkqt3","scope":"orders:read orders:write profile","tenant":"{filling}"}}"#
        );
        let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode_to_string(claims));
        format!("{message}.{}", URL_SAFE_NO_PAD.encode_to_string(sign(message.as_bytes())))
    };
    (0..count).map(one).collect()
}

fn bulk(criterion: &mut Criterion) {
    let now = Timestamp::UNIX_EPOCH;
    let secret = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let tokens = tokens(1000, "HS256", |message| hmac::sign(&secret, message).as_ref().to_vec());
    let bytes: usize = tokens.iter().map(String::len).sum();
    let mut group = criterion.benchmark_group("1,000 tokens");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("base64 alone", |bencher| {
        let mut buffer = Vec::new();
        bencher.iter(|| {
            for part in tokens.iter().flat_map(|token| token.split('.')) {
                buffer.clear();
                let _ = black_box(URL_SAFE_NO_PAD.decode_append(part, &mut buffer));
            }
        });
    });
    let mut run = |name: &str, verify: Option<Verify<'_>>, findings: bool| {
        group.bench_function(name, |bencher| {
            let options = Options { verify, findings, ..Options::default() };
            let (mut lines, mut out) = (Lines::new(options), Vec::new());
            bencher.iter(|| {
                out.clear();
                for (number, token) in (1..).zip(&tokens) {
                    lines.write(number, black_box(token.as_bytes()), now, &mut out);
                }
            });
        });
    };
    run("lines", None, false);
    let Ok(key) = Key::secret(&Secret::new(SECRET)) else { return };
    let verifier = Verifier { keys: KeySet::given(key, "the bench"), expected: Expected::default() };
    let check = |facts: &Facts<'_>, now| verifier.check(facts, Wording::Reasons, now);
    run("lines, verified by HS256", Some(&check), false);
    run("lines with findings, signed by a shared secret", None, true);
    group.bench_function("HMAC alone", |bencher| {
        bencher.iter(|| {
            for message in tokens.iter().filter_map(|token| token.rsplit_once('.')) {
                black_box(hmac::sign(&secret, message.0.as_bytes()));
            }
        });
    });
    group.finish();

    let line = "2026-11-25T00:00:00Z INFO api request method=GET path=/orders/77 status=200 through=proxy\n";
    let mut log = line.repeat(100_000);
    for token in &tokens {
        log.push_str(token);
        log.push_str(line);
    }
    let mut group = criterion.benchmark_group("a log");
    group.throughput(Throughput::Bytes(log.len() as u64));
    let scanner = Scanner::new();
    group.bench_function("scan", |bencher| bencher.iter(|| scanner.scan(black_box(log.as_bytes())).len()));
    group.bench_function("one substring", |bencher| {
        bencher.iter(|| memchr::memmem::find_iter(black_box(log.as_bytes()), b"eyJ").count());
    });
    group.finish();
}

fn rsa(criterion: &mut Criterion) {
    let now = Timestamp::UNIX_EPOCH;
    let Ok(pair) = KeyPair::generate(KeySize::Rsa2048) else { return };
    let Ok(der) = pair.public_key().as_der() else { return };
    let random = SystemRandom::new();
    let sign = |message: &[u8]| {
        let mut signature = vec![0; pair.public_modulus_len()];
        let _ = pair.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut signature);
        signature
    };
    let tokens = tokens(100, "RS256", sign);
    let mut group = criterion.benchmark_group("100 tokens");
    group.bench_function("lines with findings", |bencher| {
        let options = Options { findings: true, ..Options::default() };
        let (mut lines, mut out) = (Lines::new(options), Vec::new());
        bencher.iter(|| {
            out.clear();
            for (number, token) in (1..).zip(&tokens) {
                lines.write(number, black_box(token.as_bytes()), now, &mut out);
            }
        });
    });
    let Ok(keys) = KeySet::parse(der.as_ref(), "the bench") else { return };
    let verifier = Verifier { keys, expected: Expected::default() };
    let check = |facts: &Facts<'_>, now| verifier.check(facts, Wording::Reasons, now);
    group.bench_function("lines, verified by RS256", |bencher| {
        let (mut lines, mut out) = (Lines::new(Options { verify: Some(&check), ..Options::default() }), Vec::new());
        bencher.iter(|| {
            out.clear();
            for (number, token) in (1..).zip(&tokens) {
                lines.write(number, black_box(token.as_bytes()), now, &mut out);
            }
        });
    });
    group.bench_function("RSA alone", |bencher| {
        let Ok(key) = ParsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, der.as_ref()) else { return };
        let parts = tokens.iter().filter_map(|token| token.rsplit_once('.'));
        let decoded = parts.filter_map(|(message, tag)| Some((message, URL_SAFE_NO_PAD.decode_to_vec(tag).ok()?)));
        let signed: Vec<(&str, Vec<u8>)> = decoded.collect();
        bencher.iter(|| {
            for (message, tag) in &signed {
                let _ = black_box(key.verify_sig(message.as_bytes(), tag));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, bulk, rsa);
criterion_main!(benches);
