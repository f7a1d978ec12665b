"""The names of metrics are stable, because dashboards and alerts use them."""

from app.domain.roles import Role
from app.services.metrics import EDGES, Metrics


def _lines(metrics: Metrics) -> list[str]:
    return [line for line in metrics.text().decode().splitlines() if not line.startswith("#")]


def test_captures_and_refusals_are_reported_under_their_names() -> None:
    metrics = Metrics(unknown_key=1, unavailable=2, refused_by_parser=3, refused_connections=4, incomplete=5)
    metrics.stored(Role.STATUS, 0.002)
    lines = _lines(metrics)
    for line in (
        'smsbin_captures_total{role="status"} 1.0',
        'smsbin_captures_total{role="primary"} 0.0',
        'smsbin_refused_total{reason="unknown_key"} 1.0',
        'smsbin_refused_total{reason="unavailable"} 2.0',
        'smsbin_refused_total{reason="refused_by_parser"} 3.0',
        'smsbin_refused_total{reason="refused_connections"} 4.0',
        "smsbin_incomplete_total 5.0",
    ):
        assert line in lines


def test_times_are_counted_up_to_their_edges() -> None:
    metrics = Metrics()
    for took_s in (EDGES[0], EDGES[1], 99.0):
        metrics.stored(Role.PRIMARY, took_s)
    lines = _lines(metrics)
    assert f'smsbin_store_seconds_bucket{{le="{EDGES[0]}"}} 1.0' in lines
    assert f'smsbin_store_seconds_bucket{{le="{EDGES[1]}"}} 2.0' in lines
    assert 'smsbin_store_seconds_bucket{le="+Inf"} 3.0' in lines
    assert "smsbin_store_seconds_count 3.0" in lines


def test_what_is_read_for_each_scrape_has_its_name_too() -> None:
    metrics = Metrics(gauges={"viewers": ("Live viewers.", lambda: 7)})
    assert "smsbin_viewers 7.0" in _lines(metrics)
