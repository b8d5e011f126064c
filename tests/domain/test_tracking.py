"""Tracking codes: drawn, shown and read."""

import re

from hypothesis import given
from hypothesis import strategies as st

from domain.tracking import ALPHABET, new_code, read_code


def test_a_code_looks_as_it_should_and_reads_back() -> None:
    for _ in range(500):
        code = new_code()
        assert re.fullmatch(rf"CLG-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}-[{ALPHABET}]", code)
        assert read_code(code) == code
        assert read_code(code.lower().replace("-", " ")) == code
        assert read_code(code.removeprefix("CLG-")) == code


def test_look_alikes_are_forgiven() -> None:
    code = next(c for c in iter(new_code, None) if "0" in c and "1" in c)
    for zero in "0Oo":
        for one in "1IiLl":
            typed = code[:4] + code[4:].replace("0", zero).replace("1", one)
            assert read_code(typed) == code


def test_one_wrong_character_is_noticed() -> None:
    for _ in range(20):
        code = new_code()
        for place in (4, 5, 6, 7, 9, 10, 11, 12):
            for other in ALPHABET:
                if other != code[place]:
                    assert read_code(code[:place] + other + code[place + 1 :]) is None


def test_two_characters_that_changed_places_are_noticed() -> None:
    for _ in range(200):
        code = new_code()
        for a, b in ((4, 5), (5, 6), (6, 7), (9, 10), (10, 11), (11, 12)):
            if code[a] != code[b]:
                swapped = code[:a] + code[b] + code[a + 1 : b] + code[a] + code[b + 1 :]
                assert read_code(swapped) is None


@given(st.text())
def test_any_text_is_a_code_or_none(text: str) -> None:
    assert read_code(text) is None or re.fullmatch(r"CLG-\w{4}-\w{4}-\w", read_code(text) or "")
