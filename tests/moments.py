"""Moments in Cilegon, as tests write them."""

import datetime as dt

from domain.calendar import JAKARTA


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


def end_of(day: str) -> dt.datetime:
    return moment(f"{day}T23:59:59")
