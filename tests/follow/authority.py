"""A certification authority for tests, people with keys, and a small bundle that they decide about."""

import datetime
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSWORD = "a test's own"
BEGAN = datetime.datetime(2020, 1, 1)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    """A certificate that vouches for others, with its key."""

    key: Any
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def p12(self, name: str, mail: str = "", *, curve: bool = False) -> bytes:
        """Return a key with a certificate for a person, as a file of PKCS#12."""
        key: Key = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
        certificate = _certificate(name, key.public_key(), self.certificate.subject, self.key, mail=mail)
        cipher = serialization.BestAvailableEncryption(PASSWORD.encode())
        return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, [self.certificate], cipher)


def authority(name: str = "A test's authority") -> Authority:
    """Return an authority that vouches for itself."""
    key = rsa.generate_private_key(65537, 2048)
    return Authority(key, _certificate(name, key.public_key(), _named(name), key))


def ssh_key(file: Path, mail: str) -> str:
    """Make a key of SSH and return the line of allowed signers that gives it to an address."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", mail, "-f", str(file)], check=True)
    return f'{mail} namespaces="approval@deployment-dossier" {file.with_suffix(".pub").read_text()}'


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(name: str, public: Any, issuer: x509.Name, key: Any, mail: str = "") -> x509.Certificate:
    is_root = issuer == _named(name)
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"))
    built = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGAN)
        .not_valid_after(BEGAN + datetime.timedelta(days=36500))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_root,
                content_commitment=not is_root,
                key_cert_sign=is_root,
                crl_sign=is_root,
                **{each: False for each in usage},
            ),
            critical=True,
        )
    )
    if mail:
        built = built.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(mail)]), critical=False)
    return built.sign(key, hashes.SHA256())
