"""The merchant and WeChat Pay's own keys."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

PRIVATE_FILE, PUBLIC_FILE = "apiclient_key.pem", "wechatpay_public_key.pem"
"""What the bot gets: its own private key and WeChat Pay's public key."""
API_V3_KEY_BYTES = 32


@dataclass(frozen=True)
class Merchant:
    """A merchant in both key modes.

    `private_key` is the merchant's own (the platform uses its public half to check requests and paySign);
    `pay_key` signs in public-key mode under `public_key_id`, `platform_key` in certificate mode under the
    serial of `platform_certificate`. `api_v3_key` has 32 ASCII bytes. `made_here` says that `private_key` was made by
    the simulator, which then may show it; a key somebody brought along is never shown.
    """

    mch_id: str
    cert_serial: str
    api_v3_key: str
    public_key_id: str
    private_key: rsa.RSAPrivateKey
    pay_key: rsa.RSAPrivateKey
    platform_key: rsa.RSAPrivateKey
    platform_certificate: x509.Certificate
    name: str = "知识小店"
    made_here: bool = True

    @property
    def platform_serial(self) -> str:
        return f"{self.platform_certificate.serial_number:X}"

    def private_key_pem(self) -> bytes:
        return _pem(self.private_key)

    def platform_certificate_pem(self) -> bytes:
        return self.platform_certificate.public_bytes(serialization.Encoding.PEM)

    def public_key_pem(self) -> bytes:
        """WeChat Pay's public key, as the console gives it for download."""
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.pay_key.public_key().public_bytes(serialization.Encoding.PEM, kind)


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com Root CA (simulated)")])
    begin = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(begin).not_valid_after(begin + timedelta(days=5 * 365))
    return builder.sign(key, hashes.SHA256())


def make_merchant(mch_id: str = "", cert_serial: str = "", api_v3_key: str = "") -> Merchant:
    """A merchant with fresh keys; what is not given is made up."""
    platform_key = _new_key()
    return Merchant(
        mch_id=mch_id or f"16{secrets.randbelow(10**8):08d}",
        cert_serial=cert_serial or secrets.token_hex(20).upper(),
        api_v3_key=api_v3_key or secrets.token_hex(16),
        public_key_id=f"PUB_KEY_ID_0116{secrets.randbelow(10**20):020d}",
        private_key=_new_key(),
        pay_key=_new_key(),
        platform_key=platform_key,
        platform_certificate=_certificate(platform_key),
    )


def merchant_from_environment(env: Mapping[str, str] | None = None) -> Merchant:
    """The merchant that WECHATPAY_MCH_ID and its sisters name, as a bot is told of it; what is missing is made up.

    Raises ValueError with one sentence when a value cannot be.
    """
    values = os.environ if env is None else env
    api_v3_key, key_file = values.get("WECHATPAY_API_V3_KEY", ""), values.get("WECHATPAY_PRIVATE_KEY_FILE", "")
    if api_v3_key and len(api_v3_key.encode()) != API_V3_KEY_BYTES:
        raise ValueError(f"WECHATPAY_API_V3_KEY: needs {API_V3_KEY_BYTES} characters.")
    made = make_merchant(values.get("WECHATPAY_MCH_ID", ""), values.get("WECHATPAY_CERT_SERIAL", ""), api_v3_key)
    made = replace(made, public_key_id=values.get("WECHATPAY_PUBLIC_KEY_ID") or made.public_key_id)
    if not key_file:
        return made
    try:
        return replace(made, private_key=load_key(Path(key_file).read_bytes()), made_here=False)
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"WECHATPAY_PRIVATE_KEY_FILE: {key_file} is no readable RSA private key (PEM).") from error


def merchant_in(folder: Path) -> Merchant:
    """The merchant kept in `folder`, made on first use, so that a bot keeps its keys over restarts.

    `apiclient_key.pem` and `wechatpay_public_key.pem` are for the bot, `merchant.json` names the rest.
    """
    if not (folder / "merchant.json").is_file():
        _write(make_merchant(), folder)
    known = json.loads((folder / "merchant.json").read_text("utf-8"))
    certificate = x509.load_pem_x509_certificate((folder / "platform_certificate.pem").read_bytes())
    return Merchant(
        mch_id=known["mch_id"],
        cert_serial=known["cert_serial"],
        api_v3_key=known["api_v3_key"],
        public_key_id=known["public_key_id"],
        private_key=load_key((folder / PRIVATE_FILE).read_bytes()),
        pay_key=load_key((folder / "wechatpay_key.pem").read_bytes()),
        platform_key=load_key((folder / "platform_key.pem").read_bytes()),
        platform_certificate=certificate,
    )


def load_key(pem: bytes) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("The key is not an RSA key.")
    return key


def _write(merchant: Merchant, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    certificate = merchant.platform_certificate.public_bytes(serialization.Encoding.PEM)
    texts = {
        PRIVATE_FILE: merchant.private_key_pem(),
        PUBLIC_FILE: merchant.public_key_pem(),
        "wechatpay_key.pem": _pem(merchant.pay_key),
        "platform_key.pem": _pem(merchant.platform_key),
        "platform_certificate.pem": certificate,
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text)
        (folder / name).chmod(0o600)
    known = {name: getattr(merchant, name) for name in ("mch_id", "cert_serial", "api_v3_key", "public_key_id")}
    (folder / "merchant.json").write_text(json.dumps(known, indent=1), "utf-8")
    (folder / "merchant.json").chmod(0o600)
