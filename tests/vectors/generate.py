"""Writes the own test vectors: python3 generate.py (needs the package `cryptography`, 46 or later).

An implementation that shares no code with the one under test makes them. The keys exist for this purpose alone; of the
signing keys, only the public halves are kept; a decryption key is of no use without its private half.
"""

import base64
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.padding import PKCS7

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
HERE = pathlib.Path(__file__).parent
CLAIMS = b'{"iss":"https://login.example.com","aud":["https://api.example.com"],"sub":"alice","n":1.10}'


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, length=None):
    return b64(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


def dump(value):
    return json.dumps(value, separators=(",", ":")).encode()


def jws(header, payload, sign):
    message = b64(header if isinstance(header, bytes) else dump(header)) + "." + b64(payload)
    return message + "." + b64(sign(message.encode()))


HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
DIGESTS = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


def hs(secret, size):
    return lambda message: hmac.new(secret, message, DIGESTS[size]).digest()


def rs(key, size):
    return lambda message: key.sign(message, padding.PKCS1v15(), HASHES[size])


def ps(key, size, salt=None):
    digest = HASHES[size]
    scheme = padding.PSS(padding.MGF1(digest), salt or digest.digest_size)
    return lambda message: key.sign(message, scheme, digest)


def es(key, digest, length):
    def sign(message):
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
        return r.to_bytes(length, "big") + s.to_bytes(length, "big")

    return sign


def spki(key, encoding=serialization.Encoding.PEM):
    return key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


def certificate(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vector")])
    start = datetime.datetime(2026, 1, 1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, start, start + datetime.timedelta(days=9999))
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest).public_bytes(serialization.Encoding.PEM)


CASES = []


def case(name, key, token, valid):
    """`key`: a JWK or a set as JSON, PEM as text, or DER as {"der": base64}."""
    CASES.append({"name": name, "key": key, "token": token, "valid": valid})


def damaged(token):
    """The same with another payload, another signature, and none."""
    header, payload, signature = token.split(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[len(raw) // 2] ^= 1
    other = b64(CLAIMS.replace(b"alice", b"admin"))
    yield "another payload", f"{header}.{other}.{signature}"
    yield "a changed signature", f"{header}.{payload}.{b64(bytes(raw))}"
    yield "a signature cut off", f"{header}.{payload}.{b64(bytes(raw[:-1]))}"
    yield "no signature", f"{header}.{payload}."


def family(name, key, token):
    case(name, key, token, True)
    for how, bad in damaged(token):
        case(f"{name}, {how}", key, bad, False)


# shared secrets
for size in HASHES:
    secret = bytes(range(int(size) // 8))
    jwk = {"kty": "oct", "k": b64(secret), "kid": "secret"}
    alg = f"HS{size}"
    family(alg, jwk, jws({"alg": alg, "typ": "JWT", "kid": "secret"}, CLAIMS, hs(secret, size)))
    short = {"kty": "oct", "k": b64(secret[:-1])}
    case(f"{alg} by a secret that is too short", short, jws({"alg": alg}, CLAIMS, hs(secret[:-1], size)), False)

# RSA
key = rsa.generate_private_key(65537, 2048)
numbers = key.public_key().public_numbers()
jwk = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e), "kid": "rsa", "use": "sig"}
pkcs1 = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()
for size in HASHES:
    for alg, sign in ((f"RS{size}", rs(key, size)), (f"PS{size}", ps(key, size))):
        token = jws({"alg": alg, "kid": "rsa"}, CLAIMS, sign)
        family(alg, jwk, token)
        case(f"{alg}, meant for it", {**jwk, "alg": alg}, token, True)
        other = f"{'PS' if alg.startswith('RS') else 'RS'}{size}"
        case(f"{alg} under a key for {other}", {**jwk, "alg": other}, token, False)
        case(f"{alg} that says {other}", jwk, jws({"alg": other}, CLAIMS, sign), False)
token = jws({"alg": "RS256"}, CLAIMS, rs(key, "256"))
case("RS256 by SubjectPublicKeyInfo in PEM", spki(key).decode(), token, True)
case("RS256 by RSAPublicKey in PEM", pkcs1, token, True)
case("RS256 by a certificate in PEM", certificate(key).decode(), token, True)
case("RS256 by DER", {"der": base64.b64encode(spki(key, serialization.Encoding.DER)).decode()}, token, True)
case("PS256 with another salt length", jwk, jws({"alg": "PS256"}, CLAIMS, ps(key, "256", 20)), False)
for operations, valid in ((["verify"], True), (["sign"], True), (["encrypt"], False), ([], False)):
    case(f"RS256, key_ops {operations}", {**jwk, "key_ops": operations}, token, valid)
case("RS256, use enc", {**jwk, "use": "enc"}, token, False)
small = rsa.generate_private_key(65537, 1024)
numbers = small.public_key().public_numbers()
case(
    "RS256 by 1024 bits",
    {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)},
    jws({"alg": "RS256"}, CLAIMS, rs(small, "256")),
    False,
)
# with the exponent 1, every padded digest is its own signature
message = b64(dump({"alg": "RS256"})) + "." + b64(CLAIMS)
info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(message.encode()).digest()
forged = b"\0\1" + b"\xff" * (256 - 3 - len(info)) + b"\0" + info
case("RS256 by the exponent 1", {**jwk, "e": "AQ"}, message + "." + b64(forged), False)

# a public key is no secret: the MAC is right, and the token is forged all the same (CVE-2016-10555, CVE-2022-29217)
for what, secret in (
    ("the PEM", spki(key)),
    ("the PEM without its last line break", spki(key).strip()),
    ("the DER", spki(key, serialization.Encoding.DER)),
    ("the JWK", dump(jwk)),
):
    for given in (spki(key).decode(), jwk):
        case(f"HS256 by {what} of an RSA key", given, jws({"alg": "HS256"}, CLAIMS, hs(secret, "256")), False)

# elliptic curves
for alg, curve, digest, crv, length in (
    ("ES256", ec.SECP256R1(), hashes.SHA256(), "P-256", 32),
    ("ES384", ec.SECP384R1(), hashes.SHA384(), "P-384", 48),
    ("ES512", ec.SECP521R1(), hashes.SHA512(), "P-521", 66),
    ("ES256K", ec.SECP256K1(), hashes.SHA256(), "secp256k1", 32),
):
    key = ec.generate_private_key(curve)
    point = key.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": crv, "x": number(point.x, length), "y": number(point.y, length), "kid": crv}
    token = jws({"alg": alg, "kid": crv}, CLAIMS, es(key, digest, length))
    family(alg, jwk, token)
    case(f"{alg} by PEM", spki(key).decode(), token, True)
    if alg != "ES256K":
        case(f"{alg} by a certificate in PEM", certificate(key).decode(), token, True)
    zeros = jws({"alg": alg}, CLAIMS, lambda message: bytes(2 * length))
    case(f"{alg} with r = s = 0 (CVE-2022-21449)", jwk, zeros, False)
    der = jws({"alg": alg}, CLAIMS, lambda message: key.sign(message, ec.ECDSA(digest)))
    case(f"{alg} in the encoding of X.509", jwk, der, False)
    case(f"{alg} by a point off the curve", {**jwk, "y": number(point.y ^ 1, length)}, token, False)
    case(f"{alg} by a coordinate that lost a byte", {**jwk, "x": b64(bytes(length - 1))}, token, False)
    case(f"HS256 by the PEM of a key for {alg}", spki(key).decode(), jws({"alg": "HS256"}, CLAIMS, hs(spki(key), "256")), False)

# Ed25519, by both of its names
key = ed25519.Ed25519PrivateKey.generate()
raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw), "kid": "ed"}
for alg in ("EdDSA", "Ed25519"):
    token = jws({"alg": alg, "kid": "ed"}, CLAIMS, key.sign)
    family(alg, jwk, token)
    case(f"{alg} by PEM", spki(key).decode(), token, True)
    case(f"{alg} by a certificate in PEM", certificate(key).decode(), token, True)
    case(f"{alg}, the key meant for EdDSA", {**jwk, "alg": "EdDSA"}, token, True)
case("HS256 by the bytes of an Ed25519 key", jwk, jws({"alg": "HS256"}, CLAIMS, hs(raw, "256")), False)

# ML-DSA
for size, kind in (("44", mldsa.MLDSA44PrivateKey), ("65", mldsa.MLDSA65PrivateKey), ("87", mldsa.MLDSA87PrivateKey)):
    key = kind.generate()
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    alg = f"ML-DSA-{size}"
    jwk = {"kty": "AKP", "alg": alg, "pub": b64(raw)}
    token = jws({"alg": alg}, CLAIMS, key.sign)
    case(alg, jwk, token, True)
    case(f"{alg} by PEM", spki(key).decode(), token, True)
    case(f"{alg}, another payload", jwk, dict(damaged(token))["another payload"], False)

# the form: everything below has a right signature over its exact bytes, unless it can't
secret = bytes(range(32))
jwk = {"kty": "oct", "k": b64(secret)}
sign = hs(secret, "256")


def over(header, payload):
    message = f"{header}.{payload}"
    return f"{message}.{b64(sign(message.encode()))}"


plain, body = b64(dump({"alg": "HS256"})), b64(CLAIMS)
good = over(plain, body)
case("a payload that is text", jwk, over(plain, b64(b"hello")), True)
case("a payload that is empty", jwk, over(plain, ""), True)
case("white space inside the header", jwk, over(b64(b'{ "alg" : "HS256" }'), body), True)
for name, token in (
    ("padding", over(plain, b64(b"{}x") + "=")),
    ("the alphabet of standard base64", over(plain, "+/+/")),
    ("bits left over in the payload", over(plain, "AB")),
    ("bits left over in the signature", good[:-1] + ALPHABET[ALPHABET.index(good[-1]) + 1]),
    ("a space in the payload", over(plain, " " + body)),
    ("a line break at the end", good + "\n"),
    ("a fourth part", good + "."),
    ("two parts", good.rsplit(".", 1)[0]),
    ("a header that is no object", over(b64(b'["HS256"]'), body)),
    ("a header that is no UTF-8", over(b64(b'{"alg":"HS256","x":"\xff"}'), body)),
    ("two `alg`", over(b64(b'{"alg":"none","alg":"HS256"}'), body)),
    ("two `sub`", over(plain, b64(b'{"sub":"alice","sub":"admin"}'))),
    ("`alg` in lower case", over(b64(dump({"alg": "hs256"})), body)),
    ("`alg` none", b64(dump({"alg": "none"})) + "." + body + "."),
    ("`alg` nOnE", over(b64(dump({"alg": "nOnE"})), body)),
    ("no `alg`", over(b64(b"{}"), body)),
    ("an unknown `crit`", over(b64(dump({"alg": "HS256", "crit": ["exp"], "exp": 1})), body)),
    ("an empty `crit`", over(b64(dump({"alg": "HS256", "crit": []})), body)),
    ("an unencoded payload that is not demanded", over(b64(dump({"alg": "HS256", "b64": False})), body)),
    ("`b64` that is text", over(b64(dump({"alg": "HS256", "b64": "false", "crit": ["b64"]})), body)),
    ("a `kid` that is a number", over(b64(dump({"alg": "HS256", "kid": 7})), body)),
    ("an `exp` that is text", over(plain, b64(b'{"exp":"never"}'))),
    ("an `nbf` that is null", over(plain, b64(b'{"nbf":null}'))),
    ("an `iat` that is a list", over(plain, b64(b'{"iat":[1]}'))),
    ("an `aud` that is a number", over(plain, b64(b'{"aud":1}'))),
    ("an `iss` that is a list", over(plain, b64(b'{"iss":["a"]}'))),
):
    case(name, jwk, token, False)

unencoded = over(b64(dump({"alg": "HS256", "b64": False, "crit": ["b64"]})), "$02")
case("an unencoded payload (RFC 7797)", jwk, unencoded, True)

# sets of keys
attacker = ed25519.Ed25519PrivateKey.generate()
raw = attacker.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
other = {"kty": "oct", "k": b64(bytes(range(1, 33))), "kid": "other"}
named = {**jwk, "kid": "own"}
signed = jws({"alg": "HS256", "kid": "own"}, CLAIMS, sign)
ed_set = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
case("a set: by its name", {"keys": [other, named]}, signed, True)
case("a set: no name in the token, two keys", {"keys": [other, named]}, good, True)
case("a set: no name in the token, one key", {"keys": [named]}, good, True)
case("a set: no name in the key", {"keys": [jwk]}, signed, True)
case("a set: another name", {"keys": [other]}, signed, False)
case("a set: the name twice", {"keys": [named, {**other, "kid": "own"}]}, signed, False)
case("a set: the name twice, one of them broken", {"keys": [named, {"kty": "oct", "kid": "own"}]}, signed, False)
case("a set: a key of a kind that is unknown besides", {"keys": [{"kty": "X", "kid": "x"}, named]}, signed, True)
case("a set: secrets and public keys", {"keys": [named, ed_set]}, signed, False)
case("a set: empty", {"keys": []}, signed, False)
embedded = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
case("a key inside the token (CVE-2018-0114)", named, jws({"alg": "EdDSA", "jwk": embedded}, CLAIMS, attacker.sign), False)


# JSON serializations (RFC 7515 §7.2)
ec_key, ed_key = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
point = ec_key.public_key().public_numbers()
raw = ed_key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
both = {"keys": [
    {"kty": "EC", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32), "kid": "ec"},
    {"kty": "OKP", "crv": "Ed25519", "x": b64(raw), "kid": "ed"},
]}


def member(covered, sign, **more):
    protected, _, signature = jws(covered, CLAIMS, sign).split(".")
    return {"protected": protected, **more, "signature": signature}


by_ec = member({"alg": "ES256"}, es(ec_key, hashes.SHA256(), 32), header={"kid": "ec"})
by_ed = member({"alg": "EdDSA", "kid": "ed"}, ed_key.sign)
by_other = member({"alg": "EdDSA", "kid": "ed"}, attacker.sign)
by_missing = member({"alg": "EdDSA", "kid": "gone"}, ed_key.sign)
for name, members, valid in (
    ("ES256 and EdDSA in general JSON serialization", [by_ec, by_ed], True),
    ("general JSON serialization, one of two by another key", [by_ec, by_other], False),
    ("general JSON serialization, one of two by a key that is gone", [by_missing, by_ed], False),
    ("general JSON serialization, no signature", [], False),
):
    case(name, both, dump({"payload": b64(CLAIMS), "signatures": members}).decode(), valid)
case("EdDSA in flattened JSON serialization", both, dump({"payload": b64(CLAIMS), **by_ed}).decode(), True)
case("flattened JSON serialization, another payload", both, dump({"payload": b64(b"{}"), **by_ed}).decode(), False)


def write(name, cases):
    (HERE / name).write_text("[\n" + ",\n".join(json.dumps(one) for one in cases) + "\n]\n")
    print(len(cases), name)


write("signatures.json", CASES)

# encryption: {name, key, token, plain}, where plain is null if it must be refused
CONTENT_KEYS = {"A128GCM": 16, "A192GCM": 24, "A256GCM": 32, "A128CBC-HS256": 32, "A192CBC-HS384": 48, "A256CBC-HS512": 64}
SEALED = []


def seal(enc, key, header, plain):
    aad = b64(dump(header)).encode()
    if enc.endswith("GCM"):
        iv = os.urandom(12)
        sealed = AESGCM(key).encrypt(iv, plain, aad)
        return iv, sealed[:-16], sealed[-16:]
    half = len(key) // 2
    iv = os.urandom(16)
    pad = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key[half:]), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(pad.update(plain) + pad.finalize()) + encryptor.finalize()
    digest = {16: hashlib.sha256, 24: hashlib.sha384, 32: hashlib.sha512}[half]
    message = aad + iv + ciphertext + (len(aad) * 8).to_bytes(8, "big")
    return iv, ciphertext, hmac.new(key[:half], message, digest).digest()[:half]


def jwe(header, content_key, encrypted_key, plain=CLAIMS):
    parts = (encrypted_key, *seal(header["enc"], content_key, header, plain))
    return ".".join([b64(dump(header)), *map(b64, parts)])


def sealed(name, key, token, plain=CLAIMS):
    SEALED.append({"name": name, "key": key, "token": token, "plain": plain.decode() if plain is not None else None})


for enc, length in CONTENT_KEYS.items():
    secret = os.urandom(length)
    jwk = {"kty": "oct", "k": b64(secret), "use": "enc"}
    header = {"alg": "dir", "enc": enc}
    token = jwe(header, secret, b"")
    sealed(f"dir, {enc}", jwk, token)
    parts = token.split(".")
    for index, part in ((2, "iv"), (3, "ciphertext"), (4, "tag")):
        raw = bytearray(base64.urlsafe_b64decode(parts[index] + "=="))
        raw[0] ^= 1
        sealed(f"dir, {enc}, {part} changed", jwk, ".".join(parts[:index] + [b64(bytes(raw))] + parts[index + 1:]), None)
        sealed(f"dir, {enc}, {part} cut", jwk, ".".join(parts[:index] + [b64(bytes(raw[:-1]))] + parts[index + 1:]), None)
    sealed(f"dir, {enc}, by a key that is too short", {**jwk, "k": b64(secret[:-1])}, token, None)
    sealed(f"dir, {enc}, with an encrypted key", jwk, jwe(header, secret, b"12345678"), None)

enc, content_key = "A128CBC-HS256", os.urandom(32)
for size in (128, 192, 256):
    kek = os.urandom(size // 8)
    jwk = {"kty": "oct", "k": b64(kek)}
    alg = f"A{size}KW"
    token = jwe({"alg": alg, "enc": enc}, content_key, aes_key_wrap(kek, content_key))
    sealed(alg, jwk, token)
    sealed(f"{alg}, meant for it", {**jwk, "alg": alg, "key_ops": ["unwrapKey"]}, token)
    sealed(f"{alg} by another key", {**jwk, "k": b64(os.urandom(size // 8))}, token, None)
    sealed(f"{alg}, meant for GCM", {**jwk, "alg": f"A{size}GCMKW"}, token, None)
    sealed(f"{alg}, meant for signatures", {**jwk, "use": "sig"}, token, None)
for size in (128, 192, 256):
    kek, iv = os.urandom(size // 8), os.urandom(12)
    wrapped = AESGCM(kek).encrypt(iv, content_key, None)
    header = {"alg": f"A{size}GCMKW", "enc": enc, "iv": b64(iv), "tag": b64(wrapped[-16:])}
    jwk = {"kty": "oct", "k": b64(kek)}
    sealed(header["alg"], jwk, jwe(header, content_key, wrapped[:-16]))
    sealed(f"{header['alg']}, tag cut", jwk, jwe({**header, "tag": b64(wrapped[-16:-4])}, content_key, wrapped[:-16]), None)

key = rsa.generate_private_key(65537, 2048)
private = key.private_numbers()
jwk = {
    "kty": "RSA",
    **{name: number(value) for name, value in (
        ("n", private.public_numbers.n), ("e", private.public_numbers.e), ("d", private.d), ("p", private.p),
        ("q", private.q), ("dp", private.dmp1), ("dq", private.dmq1), ("qi", private.iqmp),
    )},
}
pkcs8 = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
traditional = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
for alg, digest in (
    ("RSA-OAEP", hashes.SHA1()), ("RSA-OAEP-256", hashes.SHA256()), ("RSA-OAEP-384", hashes.SHA384()), ("RSA-OAEP-512", hashes.SHA512()),
):
    wrapped = key.public_key().encrypt(content_key, padding.OAEP(padding.MGF1(digest), digest, None))
    token = jwe({"alg": alg, "enc": enc}, content_key, wrapped)
    sealed(alg, jwk, token)
    sealed(f"{alg} by PEM", key.private_bytes(*pkcs8).decode(), token)
    sealed(f"{alg} by PEM of RSA", key.private_bytes(*traditional).decode(), token)
    sealed(f"{alg}, the key changed", jwk, jwe({"alg": alg, "enc": enc}, content_key, wrapped[:-1] + bytes([wrapped[-1] ^ 1])), None)
wrapped = key.public_key().encrypt(content_key, padding.PKCS1v15())
sealed("RSA1_5", jwk, jwe({"alg": "RSA1_5", "enc": enc}, content_key, wrapped), None)

for curve, crv, length in (
    (ec.SECP256R1(), "P-256", 32), (ec.SECP384R1(), "P-384", 48), (ec.SECP521R1(), "P-521", 66), (None, "X25519", 32),
):
    own, other = (ec.generate_private_key(curve) if curve else x25519.X25519PrivateKey.generate() for _ in "ab")
    if curve:
        point = other.public_key().public_numbers()
        epk = {"kty": "EC", "crv": crv, "x": number(point.x, length), "y": number(point.y, length)}
        d = number(own.private_numbers().private_value, length)
        shared = other.exchange(ec.ECDH(), own.public_key())
    else:
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        epk = {"kty": "OKP", "crv": crv, "x": b64(other.public_key().public_bytes(*raw))}
        d = b64(own.private_bytes(raw[0], serialization.PrivateFormat.Raw, serialization.NoEncryption()))
        shared = other.exchange(own.public_key())
    jwk = {"kty": epk["kty"], "crv": crv, "d": d}

    def derive(name, size, apu=b"", apv=b""):
        info = b"".join(len(part).to_bytes(4, "big") + part for part in (name.encode(), apu, apv))
        return ConcatKDFHash(hashes.SHA256(), size, info + (size * 8).to_bytes(4, "big")).derive(shared)

    for enc in CONTENT_KEYS:
        header = {"alg": "ECDH-ES", "enc": enc, "epk": epk, "apu": b64(b"Alice"), "apv": b64(b"Bob")}
        token = jwe(header, derive(enc, CONTENT_KEYS[enc], b"Alice", b"Bob"), b"")
        sealed(f"ECDH-ES on {crv}, {enc}", jwk, token)
    enc = "A256GCM"
    for size in (128, 192, 256):
        alg = f"ECDH-ES+A{size}KW"
        key_of_content = os.urandom(32)
        wrapped = aes_key_wrap(derive(alg, size // 8), key_of_content)
        token = jwe({"alg": alg, "enc": enc, "epk": epk}, key_of_content, wrapped)
        sealed(f"{alg} on {crv}", jwk, token)
        if curve:
            sealed(f"{alg} on {crv} by PEM", own.private_bytes(*pkcs8).decode(), token)
            off = {**epk, "y": number(point.y ^ 1, length)}
            sealed(f"{alg} on {crv}, a point off the curve", jwk, jwe({"alg": alg, "enc": enc, "epk": off}, key_of_content, wrapped), None)

for alg, digest, size in (
    ("PBES2-HS256+A128KW", hashes.SHA256(), 16), ("PBES2-HS384+A192KW", hashes.SHA384(), 24),
    ("PBES2-HS512+A256KW", hashes.SHA512(), 32),
):
    password, salt = b"correct horse battery staple", os.urandom(16)
    jwk = {"kty": "oct", "k": b64(password)}
    for count, fine in ((1000, True), (0, False), (1_200_001, False), (10**9, False), (2**64, False)):
        header = {"alg": alg, "enc": "A128GCM", "p2s": b64(salt), "p2c": count}
        kek = PBKDF2HMAC(digest, size, alg.encode() + b"\0" + salt, 1000).derive(password)
        token = jwe(header, content_key[:16], aes_key_wrap(kek, content_key[:16]))
        sealed(f"{alg}, {count} iterations", jwk, token, CLAIMS if fine else None)

secret = os.urandom(16)
jwk = {"kty": "oct", "k": b64(secret)}


def deflate(plain):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(plain) + squeeze.flush()


zipped = {"alg": "dir", "enc": "A128GCM", "zip": "DEF"}
sealed("compressed", jwk, jwe(zipped, secret, b"", deflate(CLAIMS)))
sealed("compressed, 20 KB", jwk, jwe(zipped, secret, b"", deflate(b"a" * 20_000)), b"a" * 20_000)
for size in (250_001, 10_000_000):
    sealed(f"a bomb of {size} bytes", jwk, jwe(zipped, secret, b"", deflate(bytes(size))), None)
sealed("compressed, and no DEFLATE", jwk, jwe(zipped, secret, b"", b"\xff\xff"), None)
sealed("compressed in another way", jwk, jwe({**zipped, "zip": "BR"}, secret, b"", CLAIMS), None)
sealed("an unknown `crit`", jwk, jwe({"alg": "dir", "enc": "A128GCM", "crit": ["exp"]}, secret, b""), None)
good = jwe({"alg": "dir", "enc": "A128GCM"}, secret, b"")
sealed("a sixth part", jwk, good + ".", None)
sealed("four parts", jwk, good.rsplit(".", 1)[0], None)
sealed("padding", jwk, good + "==", None)
sealed("a token inside", jwk, jwe({"alg": "dir", "enc": "A128GCM", "cty": "JWT"}, secret, b"", signed.encode()), signed.encode())
write("encryption.json", SEALED)
