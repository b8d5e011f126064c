"""How does PostgreSQL sign, as `domain.secrecy` does, so that an answer with signatures is one statement?"""

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement


def mac_sql(key: ColumnElement[bytes], payload: ColumnElement[str]) -> ColumnElement[bytes]:
    """`mac` of a text in UTF-8."""
    inner = sa.func.sha256(key.op("||")(utf8_sql(payload)))
    return sa.func.sha256(key.op("||")(inner))


def utf8_sql(text: ColumnElement[str]) -> ColumnElement[bytes]:
    return sa.func.convert_to(text, sa.literal_column("'UTF8'"))


def base64url_sql(data: ColumnElement[bytes]) -> ColumnElement[str]:
    """`base64url` of bytes."""
    encoded = sa.func.encode(data, sa.literal_column("'base64'"))
    return sa.func.translate(encoded, sa.literal_column("E'+/=\\n'"), sa.literal_column("'-_'"))
