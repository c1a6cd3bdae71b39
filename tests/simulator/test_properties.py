"""Properties that hold for any text and any bytes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import envelope, richtext, xmltext
from simulator.api.call import read_json
from simulator.api.errors import ApiError
from simulator.settings import Settings
from simulator.templates import display_length
from simulator.transport import Answer

KEY = "mNnY5GekpChwqhy2c4NBH90g3hND6GeI4gii2YCvKLY"
XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="\ufffe\uffff")
)
FEW = settings(max_examples=60, deadline=None)


@FEW
@given(st.binary(max_size=300), st.text("abcwx0123456789", min_size=1, max_size=20))
def test_what_is_sealed_is_opened(plain: bytes, app_id: str) -> None:
    assert envelope.unseal(envelope.seal(plain, KEY, app_id), KEY, app_id) == plain


@FEW
@given(st.text(max_size=200))
def test_junk_is_refused_not_crashed(junk: str) -> None:
    try:
        envelope.unseal(junk, KEY, "wx1")
    except envelope.EnvelopeError as error:
        assert error.rule


@FEW
@given(XML_TEXT, XML_TEXT)
def test_written_xml_reads_back(one: str, two: str) -> None:
    fields = {"Content": f"{one}]]>{two}", "CreateTime": 5, "Nested": {"Item": [one, "x"]}}
    read = xmltext.read(xmltext.write(fields).encode())
    assert read["Content"] == f"{one}]]>{two}"
    assert read["CreateTime"] == "5"
    assert read["Nested"]["Item"] == [one, "x"]


@FEW
@given(st.binary(max_size=200))
def test_any_bytes_as_an_answer_get_a_verdict(body: bytes) -> None:
    from simulator.account import Account
    from simulator.grading import judge

    account = Account("wx1", "s", "t", KEY, "gh_1")
    for sealed in (True, False):
        assert judge(Answer(200, body), account, "o1", Settings(mode="safe" if sealed else "plain")).rule


@FEW
@given(st.text(max_size=200))
def test_rich_text_loses_nothing_but_link_marks(text: str) -> None:
    assert "".join(part["text"] for part in richtext.parts(text)) == text or "<a" in text.lower()


@FEW
@given(st.binary(max_size=100))
def test_any_body_is_json_or_refused(raw: bytes) -> None:
    try:
        assert isinstance(read_json(raw, True), dict)
    except ApiError as error:
        assert error.errcode in (44002, 47001)


@FEW
@given(st.text(max_size=50))
def test_display_length_is_never_longer_than_the_text(text: str) -> None:
    assert display_length(text) <= len(text)
