"""Writes the own test vectors: python3 generate.py (needs the package `cryptography`, 46 or later).

An implementation that shares no code with the one under test makes them. The keys exist for this purpose alone; of the
signing keys, only the public halves are kept.
"""

import base64
import datetime
import hashlib
import hmac
import json
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

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
    ("an unencoded payload (RFC 7797)", over(b64(dump({"alg": "HS256", "b64": False, "crit": ["b64"]})), body)),
    ("a `kid` that is a number", over(b64(dump({"alg": "HS256", "kid": 7})), body)),
    ("an `exp` that is text", over(plain, b64(b'{"exp":"never"}'))),
    ("an `nbf` that is null", over(plain, b64(b'{"nbf":null}'))),
    ("an `iat` that is a list", over(plain, b64(b'{"iat":[1]}'))),
    ("an `aud` that is a number", over(plain, b64(b'{"aud":1}'))),
    ("an `iss` that is a list", over(plain, b64(b'{"iss":["a"]}'))),
):
    case(name, jwk, token, False)

# sets of keys
attacker = ed25519.Ed25519PrivateKey.generate()
raw = attacker.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
other = {"kty": "oct", "k": b64(bytes(range(1, 33))), "kid": "other"}
named = {**jwk, "kid": "own"}
own = jws({"alg": "HS256", "kid": "own"}, CLAIMS, sign)
ed_set = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
case("a set: by its name", {"keys": [other, named]}, own, True)
case("a set: no name in the token, two keys", {"keys": [other, named]}, good, True)
case("a set: no name in the token, one key", {"keys": [named]}, good, True)
case("a set: no name in the key", {"keys": [jwk]}, own, True)
case("a set: another name", {"keys": [other]}, own, False)
case("a set: the name twice", {"keys": [named, {**other, "kid": "own"}]}, own, False)
case("a set: the name twice, one of them broken", {"keys": [named, {"kty": "oct", "kid": "own"}]}, own, False)
case("a set: a key of a kind that is unknown besides", {"keys": [{"kty": "X", "kid": "x"}, named]}, own, True)
case("a set: secrets and public keys", {"keys": [named, ed_set]}, own, False)
case("a set: empty", {"keys": []}, own, False)
embedded = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
case("a key inside the token (CVE-2018-0114)", named, jws({"alg": "EdDSA", "jwk": embedded}, CLAIMS, attacker.sign), False)

(HERE / "signatures.json").write_text("[\n" + ",\n".join(json.dumps(one) for one in CASES) + "\n]\n")
print(len(CASES), "cases")
