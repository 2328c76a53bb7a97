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
    ("+1", "JSON knows no plus"),
    ("+0.5", "JSON knows no plus"),
    ("1.", "JSON wants a digit after the point"),
    ("-.5", "JSON wants a digit before the point"),
    ("00", "JSON allows no second zero"),
    ("0.0.1", "a version"),
    ("1.2.3", "a version"),
    ("10.5e0", "an exponent"),
    (".NaN", "not a JSON number"),
    ("NaN", "Python's JSON would read it"),
    ("Infinity", "Python's JSON would read it"),
    ("y", "YAML 1.1 calls it true"),
    ("None", "Python's own"),
    ("+3247123456", "a telephone number"),
    ("2024-02-30", "a date, and an impossible one"),
    ("2024-01-01", "a date"),
    ("2024-01-01T10:00:00Z", "an instant"),
    ("2024-01-01 10:00:00 +01:00", "an instant with a space"),
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
    ("1.0", 1, "a whole number written as a decimal"),
    ("-0.0", 0, "the same as zero"),
    ("9007199254740993", 9007199254740993, "beyond what a float can count"),
    ("9" * 40, int("9" * 40), "forty digits"),
    ("0.1", 0.1, "a decimal that a float does not hold exactly, and writes the same"),
    ("3.141592653589793", 3.141592653589793, "as many digits as a float can keep"),
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


LONG = [
    ("9" * 41, "a digit too many"),
    ("9" * 5000, "Python would refuse to convert it with an exception"),
    ("-" + "1" * 40, "the sign counts"),
    ("0." + "1" * 39, "a decimal without end"),
    ("3.14159265358979323846", "a float would keep other digits than were written"),
    ("123456789012345678.5", "a float would drop the half"),
    ("0.1000000000000000000001", "a float would drop the last digit"),
]


@pytest.mark.parametrize(("scalar", "reason"), LONG, ids=[case[1] for case in LONG])
def test_a_number_that_cannot_be_kept_is_refused(scalar: str, reason: str) -> None:
    """In its place, with the way out; never a number that is not the one in the file."""
    [fault] = read(from_string(f"a: 1\nk: {scalar}\n", "x.yaml")).faults
    assert (fault.code, str(fault.source)) == (errors.NUMBER_TOO_LONG, "x.yaml:2:4"), reason
    assert fault.hint.startswith('quote it: "')
