//! Detection of weak keys.

/// Minimum size of an RSA modulus in bits (RFC 7518 §3.3).
const LEAST_RSA_BITS: usize = 2048;

/// Maximum size of an RSA modulus in bits that the crypto library accepts.
const MOST_RSA_BITS: usize = 8192;

/// Primes that identify a ROCA key (CVE-2017-15361; Nemec et al., CCS 2017): its modulus is a power of 65537 modulo each
/// of them.
const ROCA_PRIMES: [u64; 17] = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

/// Returns why an RSA public key is insecure, if it is. Both numbers are big-endian without leading zeros.
pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<String> {
    let bits = modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
    if bits < LEAST_RSA_BITS {
        return Some(format!(
            "the RSA key has {bits} bits, but at least {LEAST_RSA_BITS} are required (RFC 7518 §3.3)"
        ));
    }
    if bits > MOST_RSA_BITS {
        return Some(format!("the RSA key has {bits} bits, but at most {MOST_RSA_BITS} are supported"));
    }
    if matches!(exponent, [] | [0..=2]) || exponent.last().is_some_and(|last| last % 2 == 0) {
        return Some("the public exponent of the RSA key is not an odd number above 1: anyone could sign".to_owned());
    }
    is_roca(modulus).then(|| "the RSA key is vulnerable to ROCA (CVE-2017-15361): it can be factored".to_owned())
}

fn is_roca(modulus: &[u8]) -> bool {
    ROCA_PRIMES.iter().all(|prime| {
        let residue = modulus.iter().fold(0, |residue, byte| (residue * 256 + u64::from(*byte)) % prime);
        let mut powers = std::iter::successors(Some(1), |power| Some(power * 65537 % prime));
        powers.by_ref().take(usize::try_from(*prime).unwrap_or_default()).any(|power| power == residue)
    })
}

/// Returns why a shared secret is too short for an HMAC, if it is (RFC 7518 §3.2). Both lengths are in bytes.
pub(super) fn secret(bytes: usize, least: usize) -> Option<String> {
    (bytes < least).then(|| format!("the secret has {bytes} bytes, but at least {least} are required (RFC 7518 §3.2)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_rsa_keys_are_detected() {
        // 2^2047 + 1 has 2048 bits and is not a power of 65537 modulo 11
        let mut sound = [0; 256];
        (sound[0], sound[255]) = (0x80, 1);
        assert_eq!(rsa(&sound, &[1, 0, 1]), None);
        assert!(rsa(&[0xff; 128], &[1, 0, 1]).unwrap().contains("1024 bits"));
        assert!(rsa(&[0xff; 1025], &[1, 0, 1]).unwrap().contains("8200 bits"));
        for exponent in [&[][..], &[1], &[2], &[1, 0, 0]] {
            assert!(rsa(&sound, exponent).unwrap().contains("exponent"), "{exponent:?}");
        }
        // 65537^128, written in base 256, is a power of 65537 modulo everything
        let power = (0..128).fold(vec![1u8], |number, _| {
            let mut product = vec![0u8; number.len() + 2];
            let mut carry = 0u32;
            for (index, digit) in product.iter_mut().enumerate() {
                let at = |index: Option<usize>| index.and_then(|index| number.get(index)).copied().map_or(0, u32::from);
                let sum = at(Some(index)) + at(index.checked_sub(2)) + carry;
                *digit = u8::try_from(sum & 0xff).unwrap();
                carry = sum >> 8;
            }
            product
        });
        let power: Vec<u8> = power.into_iter().rev().skip_while(|digit| *digit == 0).collect();
        assert!(rsa(&power, &[1, 0, 1]).unwrap().contains("ROCA"));
    }
}
