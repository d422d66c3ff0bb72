"""The house's own certificates, between containers and in the embedded run.

`python -m operations.house.certificates` makes what is missing or old.

`AUTHORITY_DIR/ca.key` signs and is mounted nowhere else; `SECRETS_DIR/ca.pem` is what clients trust; `TLS_DIR/<name>/`
gets `tls.crt` and `tls.key` of each server in `NAMES`. Keys are ECDSA P-256.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared.messaging.connection.bus import CA

NAMES = ("nats", "postgres")
AUTHORITY_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=730)
RENEW_BEFORE = timedelta(days=365)
_LOOPBACK = x509.IPAddress(IPv4Address("127.0.0.1"))


def bring(
    vault: Path, secrets: Path, servers: Path, now: datetime, names: Sequence[str] = NAMES, *, by_address: bool = False
) -> list[str]:
    """Make the authority if there is none, and the server certificates that are missing, old or another authority's.

    With `by_address` they also prove the loopback's address. Returns the servers that must be started anew.
    """
    key, authority = _authority(vault, secrets, now)
    renewed = [name for name in names if not _lasts(servers / name / "tls.crt", authority, now)]
    here = [x509.DNSName("localhost"), *([_LOOPBACK] if by_address else [])]
    for name in renewed:
        _issue(servers / name, [x509.DNSName(name), *here], key, authority, now)
    return renewed


def _authority(vault: Path, secrets: Path, now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key_file, certificate_file = vault / "ca.key", secrets / CA
    if key_file.exists() and certificate_file.exists():
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key, x509.load_pem_x509_certificate(certificate_file.read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Don Thu house authority")
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _pem_of(key), 0o600)
    _write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return key, certificate


def _issue(
    folder: Path,
    names: list[x509.GeneralName],
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    now: datetime,
) -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(_name(str(names[0].value)), authority.subject, own.public_key(), now, SERVER_LASTS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(folder / "tls.key", _pem_of(own), 0o600)
    _write(folder / "tls.crt", certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _lasts(file: Path, authority: x509.Certificate, now: datetime) -> bool:
    if not file.exists() or not file.with_name("tls.key").exists():
        return False
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:
        return False
    return certificate.not_valid_after_utc - now > RENEW_BEFORE


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(target: Path, content: bytes, mode: int) -> None:
    fresh = target.with_name(f".{target.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(mode)
    fresh.replace(target)


if __name__ == "__main__":
    bring(
        Path(os.environ["AUTHORITY_DIR"]),
        Path(os.environ["SECRETS_DIR"]),
        Path(os.environ["TLS_DIR"]),
        datetime.now(UTC),
    )
