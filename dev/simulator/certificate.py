"""The self-signed certificate that a gateway serves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import secrets
import ssl
import tempfile
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its private key, both as PEM."""

    pem_cert: bytes
    pem_key: bytes

    @classmethod
    def generate(cls) -> Self:
        """Make one as seen on gateways: EC P-256, 25 years, names teg, powerwall, powerpack."""
        key = ec.generate_private_key(ec.SECP256R1())
        common_name = secrets.token_hex(16)
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(common_name))
            .issuer_name(_name(f"{common_name} CA"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=25 * 365))
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.DNSName(name) for name in ("teg", "powerwall", "powerpack")]
                ),
                critical=False,
            )
            .sign(key, hashes.SHA256())
        )
        return cls(
            certificate.public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )

    @classmethod
    def kept_in(cls, path: Path) -> Self:
        """Read the one in this file, or make one and keep it there, readable by its owner only."""
        if not path.exists():
            made = cls.generate()
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(made.pem_cert + made.pem_key)
            return made
        text = path.read_bytes()
        certificate = x509.load_pem_x509_certificate(text)
        key = serialization.load_pem_private_key(text, password=None)
        return cls(
            certificate.public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate's DER form, as lower-case hex digits."""
        return (
            x509.load_pem_x509_certificate(self.pem_cert)
            .fingerprint(hashes.SHA256())
            .hex()
        )

    def server_context(self) -> ssl.SSLContext:
        """Return a TLS context that serves it. The ssl module loads keys from files only."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "certificate.pem")
            file.touch(mode=0o600)
            file.write_bytes(self.pem_cert + self.pem_key)
            context.load_cert_chain(file)
        return context


def _name(common_name: str) -> x509.Name:
    """Return the subject form seen on two units."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, "California"),
            x509.NameAttribute(NameOID.LOCALITY_NAME, "Palo Alto"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tesla"),
            x509.NameAttribute(
                NameOID.ORGANIZATIONAL_UNIT_NAME, "Tesla Energy Products"
            ),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
