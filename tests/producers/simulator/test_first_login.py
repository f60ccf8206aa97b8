"""The first log-in to the CPu UI, try by try."""

from datetime import UTC, datetime, timedelta

from producers.simulator.first_login import (
    Attempt,
    EmailedCode,
    LoginRefused,
    SecondFactor,
    emailed_code,
    first_login,
)
from schemas.registrations import FirstCpuLogin
from tests.rows import each_row

COMPANY = "NXT26000000100"
SENT_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
SENT = EmailedCode("048213", SENT_AT)
EMAIL, OTHER = SecondFactor.PIN_BY_EMAIL, SecondFactor.AUTHENTICATOR


@each_row(
    ("factor", "typed", "seconds", "answer"),
    [
        (EMAIL, "048213", 0, None),
        (EMAIL, "048213", 299, None),
        (EMAIL, "048213", 300, LoginRefused.CODE_EXPIRED),
        (EMAIL, "048213", -1, LoginRefused.CODE_EXPIRED),
        (EMAIL, "048214", 10, LoginRefused.CODE_WRONG),
        (EMAIL, "48213", 10, LoginRefused.CODE_WRONG),
        (EMAIL, "", 10, LoginRefused.CODE_WRONG),
        (EMAIL, "٠٤٨٢١٣", 10, LoginRefused.CODE_WRONG),
        (EMAIL, "048214", 400, LoginRefused.CODE_WRONG),
        (EMAIL, " 048213", 10, LoginRefused.WHITE_SPACE),
        (EMAIL, "048213\n", 10, LoginRefused.WHITE_SPACE),
        (EMAIL, "048\u00a0213", 400, LoginRefused.WHITE_SPACE),
        (OTHER, "048213", 10, LoginRefused.OTHER_FACTOR),
    ],
)
def test_only_the_pin_by_email_as_it_was_sent_within_five_minutes_logs_in(
    factor: SecondFactor, typed: str, seconds: int, answer: LoginRefused | None
) -> None:
    attempt = Attempt(factor, typed, SENT_AT + timedelta(seconds=seconds))

    told = first_login(COMPANY, SENT, attempt)

    assert told == (answer or FirstCpuLogin(organisation=COMPANY))


def test_what_the_bus_is_told_holds_no_code_and_no_code_is_shown() -> None:
    attempt = Attempt(EMAIL, SENT.digits, SENT_AT)

    told = first_login(COMPANY, SENT, attempt)

    assert isinstance(told, FirstCpuLogin)
    assert told.model_dump(exclude_none=True) == {"organisation": COMPANY}
    assert SENT.digits not in repr((SENT, attempt))


def test_a_code_has_six_digits_and_is_another_each_time() -> None:
    codes = {emailed_code(SENT_AT).digits for _ in range(50)}

    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(codes) > 40
