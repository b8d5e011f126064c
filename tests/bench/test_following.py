"""Do the comparisons of following count right: who was told, when, and which targets that meets?"""

import os
from pathlib import Path
from typing import Any

from bench.following.crowd import subscribed
from bench.following.measure import percentile
from bench.following.peers import Peer
from bench.following.report import write
from tests.following import until
from tests.service import Service


async def test_the_subscribers_of_the_comparison_say_when_each_of_them_has_heard(service: Service) -> None:
    peer = Peer("product", int(service.url.rpartition(":")[2]), os.getpid())
    followers = service.app.state.services.followers
    async with subscribed(peer, 30) as crowd:
        await until(lambda: len(followers) == 30)
        assert followers.readings == 1
        await service.dispatched()
        heard = [await crowd.heard(30) for _ in range(2)]
    for each, type_ in zip(heard, ("VERIFIED", "DISPATCHED"), strict=True):
        assert each.first <= each.last
        assert f'"type" : "{type_}"' in each.text
    await until(lambda: not len(followers))


def _results(**product: float) -> dict[str, Any]:
    figures = {
        "last_p50": 20.0,
        "last_p99": 30.0,
        "first_p50": 2.0,
        "first_p99": 9.0,
        "cpu": 9.0,
        "memory": 30,
    }
    found = {
        "figures": {
            "product": figures | product,
            "broadcast": figures | {"last_p50": 10.0},
            "ordinary": figures | {"last_p50": 60.0},
        },
        "writes": {
            "none": {"beside": 2.0, "through": 4.0},
            "some": {"beside": 2.0, "through": 4.4},
        },
        "events": 200,
    }
    return {"machine": {"memory": "24 GiB"}, "rounds": 4, "found": {"1000": found}}


def test_the_page_says_of_each_target_whether_it_is_met(tmp_path: Path) -> None:
    page = Path(write(_results(), tmp_path))
    assert page.read_text().count("| met |") == 5
    write(_results(last_p50=20.1, first_p99=50.0, memory=40.1), tmp_path)
    text = page.read_text()
    assert text.count("| missed |") == 4
    assert "| 2.01 times | missed |" in text
    assert "{{" not in text


def test_percentiles_are_of_what_was_measured() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (percentile(values, 50), percentile(values, 99), percentile([7.0], 99)) == (50.0, 99.0, 7.0)
