"""How is JSON from outside read, and ours written? Whatever is in it, with an answer instead of a fault."""

import json
from typing import Any, NoReturn

import orjson


def read_json(text: bytes | str) -> Any:
    """What a text of JSON says. Raises ValueError."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        escape = "\\ud" if isinstance(text, str) else b"\\ud"
        if escape not in text.lower():  # type: ignore[operator]
            raise
    # Half a character, written as an escape, is legal JSON. The rule that it breaks says so of its field.
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse(constant: str) -> NoReturn:
    message = f"{constant} is not JSON"
    raise ValueError(message)


def write_json(answer: Any) -> bytes:
    """An answer as JSON; parts that PostgreSQL made go in as they are."""
    try:
        return orjson.dumps(answer)
    except TypeError:  # half a character that a client sent, and that a message repeats
        return orjson.dumps(_of_whole_characters(answer))


def _of_whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_of_whole_characters(key): _of_whole_characters(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_of_whole_characters(part) for part in value]
    return value
