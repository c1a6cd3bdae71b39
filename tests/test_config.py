"""Settings: a wrong one stops the start with its name and an example, and nothing prints a secret."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from config import LIST, NEEDED_TO_SERVE, doubts, load, require_to_serve
from errors import SettingWrong

FERNET = "w7Yb0m0xq1r2s3t4u5v6w7x8y9z0A1B2C3D4E5F6G7E="
AES = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRETS = {
    "SECRET_KEY": "signs-links-and-cookies",
    "DATA_KEYS": FERNET,
    "WECHAT_APP_SECRET": "app-secret-app-secret",
    "WECHAT_TOKEN": "tok3nTok3n",
    "WECHAT_AES_KEY": AES,
    "DATABASE_URL": "mysql+pymysql://bot:passw0rd@db/shutong",
}
GOOD = {**SECRETS, "WECHAT_APP_ID": "wx0123456789abcdef", "PUBLIC_URL": "https://read.example.cn"}

RSA, CURVE = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> tuple[str, str]:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode().strip(), public.decode().strip()


PRIVATE_KEY, PUBLIC_KEY = _pem(RSA)
OTHER_PRIVATE_KEY, OTHER_PUBLIC_KEY = _pem(CURVE)

WRONG = {
    "WECHATPAY_MCH_ID": ["19", "wx0123456789", "190000919"[:7]],
    "WECHATPAY_CERT_SERIAL": ["PUB_KEY_ID_01", "12 34"],
    "WECHATPAY_API_V3_KEY": ["0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcde-"],
    "WECHATPAY_PRIVATE_KEY": ["apiclient_key.pem", PUBLIC_KEY, OTHER_PRIVATE_KEY],
    "WECHATPAY_PUBLIC_KEY": ["pub_key.pem", PRIVATE_KEY, OTHER_PUBLIC_KEY],
    "WECHATPAY_PUBLIC_KEY_ID": ["5157F09EFDC096DE", "PUB_KEY_ID_"],
    "WECHATPAY_API_BASE": ["api.mch.weixin.qq.com"],
    "PUBLIC_URL": [
        "read.example.cn",
        "https://read.example.cn/shop",
        "ftp://x",
        "https://",
        "https://x/?a=1",
        "https://x/#a",
        "http://[bad",
        "javascript:alert(1)",
        "https://a:99999",
        "https://a:0",
        "https://a:b",
        "https://a b",
        'https://a"><script>',
        "https://name:word@x",
        "https://例子.中国",
        "https://x\\y",
    ],
    "DATABASE_URL": [
        "profiles.db",
        "sqlite:///",
        "sqlite://",
        "postgres://x",
        "mysql://x",
        "oracle://x",
        "sqlite:///:memory:",
    ],
    "SECRET_KEY": ["short", "x" * 15],
    "DATA_KEYS": ["x", "not base64 at all!", FERNET + ",short", FERNET[:-4], "密钥"],
    "WECHAT_TOKEN": ["ab", "a" * 33, "with blank", "签名签名", "a-b-c"],
    "WECHAT_AES_KEY": [AES[:-1], AES + "H", AES[:-1] + "=", AES[:-1] + "/", "密" * 43],
    "WECHAT_API_BASE": ["api.weixin.qq.com", "https://"],
    "WECHAT_OAUTH_BASE": ["open.weixin.qq.com"],
    "WECHAT_MAX_SKEW_SECONDS": ["0", "-1", "5m", "1.5", "", "²", "9" * 5_000],
    "CLOCK_URL": ["ftp://x", "http://"],
    "FRAME_ANCESTORS": ["中文", "x; script-src *", "'none', y", '"self"'],
    "WECHAT_TAPPABLE_TEXT": ["true", "1", "on"],
    "WECHAT_SUBSCRIBE_BUTTON": ["true", "0", "off"],
    "WORDING_URL": ["http://words.example/v1", "words.example", "ftp://words.example"],
    "SEND_RATE": ["0", "-1", "1.5", "fast", "100001"],
    "IOS_VIRTUAL_GOODS": ["hide", "ALLOW", "none"],
    "TIMEZONE": ["Peking", "UTC+8", "../../etc/passwd", "/etc/localtime", "asia"],
    "LOG_LEVEL": ["LOUD", "7"],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(name, value, id=f"{name}-{number}")  # keys are made anew in every process: no names of tests
        for name, values in WRONG.items()
        for number, value in enumerate(values)
        if value
    ],
)
def test_a_wrong_value_is_told_with_its_name_and_an_example(name: str, value: str, tmp_path: Path) -> None:
    example = next(setting.example for setting in LIST if setting.name == name)
    with pytest.raises(SettingWrong) as told:
        load({**GOOD, name: value})
    assert str(told.value).startswith(f"{name}: ") and f"e.g. {name}={example}" in str(told.value)
    assert told.value.name == name and "\n" not in str(told.value)
    if name in SECRETS and name != "DATABASE_URL" and len(value) > 10:
        assert value not in str(told.value)
    file = tmp_path / "secret"
    file.write_text(value + "\n", "utf-8")
    with pytest.raises(SettingWrong, match=f"^{name}: "):
        load({**{other: given for other, given in GOOD.items() if other != name}, f"{name}_FILE": str(file)})


def test_a_word_that_is_no_address_is_not_blamed_for_its_path() -> None:
    with pytest.raises(SettingWrong, match="is not an http"):
        load({"PUBLIC_URL": "read.example.cn"})


def test_every_setting_that_can_be_wrong_is_tried_here() -> None:
    account = {"WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_ACCOUNT"}
    anything = {"CONTENT_DIR", "CONSOLE_USERS_FILE", "WORDING_KEY", "WORDING_MODEL"} | account
    assert {setting.name for setting in LIST} == set(WRONG) | anything


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = load({})
    assert settings.public_url == "http://127.0.0.1:8000" and settings.content_dir == Path("content")
    assert settings.database_url == "sqlite:///profiles.db" and settings.wechat_max_skew_seconds == 300
    assert settings.wechat_api_base == "https://api.weixin.qq.com" and settings.log_level == "INFO"
    assert settings.wechat_oauth_base == "https://open.weixin.qq.com"
    assert settings.ios_virtual_goods == "hide_price" and str(settings.timezone) == "Asia/Shanghai"
    assert settings.wechat_tappable_text is True and settings.wechat_aes_key == ""


def test_empty_means_the_default() -> None:
    assert load({"TIMEZONE": "", "PUBLIC_URL": "  "}).public_url == "http://127.0.0.1:8000"


def test_values_are_read() -> None:
    settings = load({**GOOD, "PUBLIC_URL": "https://x.example/", "WECHAT_TAPPABLE_TEXT": "No", "LOG_LEVEL": "debug"})
    assert settings.public_url == "https://x.example"
    assert settings.wechat_tappable_text is False and settings.log_level == "DEBUG"
    assert settings.data_keys == (FERNET,)
    assert load({"DATA_KEYS": f" {FERNET} , {FERNET},"}).data_keys == (FERNET, FERNET)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_stand_in_a_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"  {SECRETS[name]}\n", "utf-8")
    settings = load({f"{name}_FILE": str(file)})
    assert getattr(settings, name.lower()) == getattr(load({name: SECRETS[name]}), name.lower())


@pytest.mark.parametrize("name", ["SECRET_KEY", "WECHAT_TOKEN"])
def test_a_file_that_cannot_be_read_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "gone", tmp_path, tmp_path / "binary"):
        with pytest.raises(SettingWrong, match=f"^{name}_FILE: .*cannot be read.*e.g. {name}_FILE="):
            load({f"{name}_FILE": str(path)})


def test_nothing_prints_a_secret() -> None:
    settings = load(GOOD)
    for shown in (repr(settings), str(settings), f"{settings}", repr([settings])):
        for secret in SECRETS.values():
            assert secret not in shown
        assert "passw0rd" not in shown
        assert "wx0123456789abcdef" in shown


@pytest.mark.parametrize("name", NEEDED_TO_SERVE)
def test_serving_needs_its_secrets(name: str) -> None:
    require_to_serve(load(GOOD))
    with pytest.raises(SettingWrong, match=f"^{name}: is not set"):
        require_to_serve(load({other: value for other, value in GOOD.items() if other != name}))


def test_a_real_account_that_takes_pushes_older_than_answers_are_remembered_is_warned_of() -> None:
    assert doubts(load({**GOOD, "WECHAT_MAX_SKEW_SECONDS": "86401"}))
    assert not doubts(load({**GOOD, "WECHAT_MAX_SKEW_SECONDS": "86400"}))
    assert not doubts(load({**GOOD, "WECHAT_MAX_SKEW_SECONDS": "86401", "WECHAT_API_BASE": "http://127.0.0.1:8100"}))


MERCHANT = {
    "WECHATPAY_MCH_ID": "1900009191",
    "WECHATPAY_CERT_SERIAL": "5157F09EFDC096DE",
    "WECHATPAY_API_V3_KEY": "0123456789abcdef0123456789abcdef",
    "WECHATPAY_PRIVATE_KEY": PRIVATE_KEY,
    "WECHATPAY_PUBLIC_KEY": PUBLIC_KEY,
    "WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_01",
}


@pytest.mark.parametrize("name", MERCHANT)
def test_serving_with_half_a_merchant_is_refused(name: str) -> None:
    require_to_serve(load({**GOOD, **MERCHANT}))
    with pytest.raises(SettingWrong, match=f"^{name}: is not set"):
        require_to_serve(load({**GOOD, **MERCHANT, name: ""}))


def test_a_real_wechat_pay_notifies_https_only() -> None:
    """So does the setting's own example, and a simulated one takes what is at hand."""
    plain = {**GOOD, **MERCHANT, "PUBLIC_URL": "http://read.example.cn"}
    with pytest.raises(SettingWrong, match=r"^PUBLIC_URL: .*https"):
        require_to_serve(load(plain))
    require_to_serve(load({**plain, "WECHATPAY_API_BASE": "http://127.0.0.1:8100"}))
    require_to_serve(load({**plain, **dict.fromkeys(MERCHANT, "")}))


def test_a_merchant_with_platform_certificates_has_no_public_key() -> None:
    require_to_serve(load({**GOOD, **MERCHANT, "WECHATPAY_PUBLIC_KEY": "", "WECHATPAY_PUBLIC_KEY_ID": ""}))


def test_the_merchants_key_is_read_from_a_file_and_never_printed(tmp_path: Path) -> None:
    (tmp_path / "apiclient_key.pem").write_text(PRIVATE_KEY + "\n")
    settings = load({**GOOD, "WECHATPAY_PRIVATE_KEY_FILE": str(tmp_path / "apiclient_key.pem")})
    assert settings.wechatpay_private_key == PRIVATE_KEY
    assert PRIVATE_KEY.splitlines()[1] not in repr(settings)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8100/_control/clock", "http://[::1]:8100/x", "https://a_b.c-d.cn/x%20y"]
)
def test_addresses_that_are_taken(url: str) -> None:
    assert load({"CLOCK_URL": url}).clock_url == url


def test_old_recorded_pushes_may_be_tried_with_a_warning() -> None:
    old = load({**GOOD, "WECHAT_MAX_SKEW_SECONDS": "999999999"})
    require_to_serve(old)
    (doubt,) = doubts(old)
    assert doubt.startswith("WECHAT_MAX_SKEW_SECONDS: ")
    assert doubts(load(GOOD)) == []


def test_an_unknown_setting_is_no_attribute() -> None:
    settings = load({})
    with pytest.raises(AttributeError):
        _ = settings.nothing_like_it


def test_names_are_given_once_and_every_one_has_an_example() -> None:
    names = [setting.name for setting in LIST]
    assert len(names) == len(set(names))
    assert all(setting.example for setting in LIST)
