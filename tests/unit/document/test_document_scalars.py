"""What an unquoted scalar means."""

import pytest

from reconciler import errors
from reconciler.document import from_string, read

TEXT = [
    ("NO", "Norway is not false"),
    ("no", "YAML 1.1 calls it false"),
    ("yes", "YAML 1.1 calls it true"),
    ("on", "YAML 1.1 calls it true"),
    ("Off", "YAML 1.1 calls it false"),
    ("True", "only the JSON spelling is a boolean"),
    ("NULL", "only the JSON spelling is null"),
    ("~", "YAML calls it null"),
    ("07", "YAML 1.1 reads octal"),
    ("08", "not even octal"),
    ("-07", "a sign changes nothing"),
    ("1:30", "YAML 1.1 reads base sixty"),
    ("12:30:45", "YAML 1.1 reads base sixty"),
    ("1_000", "YAML 1.1 drops the underscore"),
    ("0x1F", "hexadecimal is no JSON"),
    ("0o17", "octal is no JSON"),
    ("0b11", "binary is no JSON"),
    ("1e3", "numbers with an exponent stay as written"),
    ("1E-3", "numbers with an exponent stay as written"),
    (".nan", "not a JSON number"),
    (".inf", "not a JSON number"),
    ("-.inf", "not a JSON number"),
    (".5", "JSON wants a digit before the point"),
    ("5.", "JSON wants a digit after the point"),
    ("+5", "JSON knows no plus"),
    ("+3247123456", "a telephone number"),
    ("2024-02-30", "a date, and an impossible one"),
    ("2024-01-01T10:00:00Z", "an instant"),
    ("1 000", "a space makes it text"),
    ("1,5", "a comma makes it text"),
    ("--", "dashes alone"),
    ("=", "YAML 1.1 has a value tag for it"),
    ("nullable", "begins like null"),
    ("truely", "begins like true"),
    ("\u0661\u0662", "digits of another script"),
]
VALUES = [
    ("null", None, "null"),
    ("true", True, "true"),
    ("false", False, "false"),
    ("0", 0, "zero"),
    ("-0", 0, "JSON allows it"),
    ("12", 12, "a whole number"),
    ("-12", -12, "a negative one"),
    ("1.5", 1.5, "a decimal"),
    ("-0.25", -0.25, "a negative decimal"),
    ("10.0", 10, "a whole number written as a decimal"),
]


def value_of(scalar: str) -> object:
    """The value of ``k`` in a document that holds nothing else."""
    reading = read(from_string(f"k: {scalar}\n", "x.yaml"))
    assert not reading.faults
    return reading.documents[0].value["k"]


@pytest.mark.parametrize(("scalar", "reason"), TEXT, ids=[case[0] for case in TEXT])
def test_all_else_is_text(scalar: str, reason: str) -> None:
    """What is no JSON literal comes out as it was written."""
    assert value_of(scalar) == scalar, reason


@pytest.mark.parametrize(("scalar", "value", "reason"), VALUES, ids=[case[0] for case in VALUES])
def test_json_literals_are_values(scalar: str, value: object, reason: str) -> None:
    """null, true, false and JSON numbers are what JSON says, of the same type."""
    found = value_of(scalar)
    assert found == value, reason
    assert type(found) is type(value), reason


@pytest.mark.parametrize("written", ['"{}"', "'{}'"])
@pytest.mark.parametrize("scalar", ["null", "true", "12", "1.5", "07", ""])
def test_quoted_is_always_text(scalar: str, written: str) -> None:
    """Quotes make text of anything."""
    assert value_of(written.format(scalar)) == scalar


def test_block_scalars_are_text() -> None:
    """A number in a block scalar is text too."""
    assert value_of("|-\n  12") == "12"


def test_a_number_without_end_is_refused() -> None:
    """Python would refuse to convert thousands of digits with an exception; here it is an error in its place."""
    reading = read(from_string(f"a: 1\nk: {'9' * 5000}\n", "x.yaml"))
    [fault] = reading.faults
    assert (fault.code, fault.source and fault.source.line) == (errors.NUMBER_TOO_LONG, 2)
