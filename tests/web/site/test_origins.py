"""Where a request says it comes from: what another site can make a browser send changes nothing here."""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from app.errors import BadHost, Forbidden
from app.settings import read_settings
from app.web.site.origins import check_host, is_foreign, is_ours_for_sure
from app.web.site.urls import ServerAddress

PLACE = ServerAddress("http", "127.0.0.1:8010", "", "127.0.0.1")
SETTINGS = read_settings({"public_url": "https://sms.example.net", "allowed_hosts": "box.lan"})
UPGRADE = {"Connection": "Upgrade", "Upgrade": "WebSocket"}


def _request(method: str = "POST", **headers: str) -> web.Request:
    return make_mocked_request(method, "/", headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("site", ["cross-site", "same-site", "something-new"])
@pytest.mark.parametrize("way", [{"method": "POST"}, {"method": "DELETE"}, {"method": "GET", **UPGRADE}])
def test_a_change_and_a_websocket_of_another_site_are_foreign_and_so_is_a_sibling_host(site: str, way: dict) -> None:
    assert is_foreign(_request(**way, Sec_Fetch_Site=site), SETTINGS, PLACE)
    assert is_foreign(_request(**way, Sec_Fetch_Site=site, Origin=PLACE.origin), SETTINGS, PLACE)


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1", "https://127.0.0.1:8010", "null"])
def test_so_is_another_origin_where_a_browser_says_no_more(origin: str) -> None:
    assert is_foreign(_request(Origin=origin), SETTINGS, PLACE)
    assert is_foreign(_request("GET", Origin=origin, **UPGRADE), SETTINGS, PLACE)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "null"},
        {"Origin": PLACE.origin},
        {"Origin": "https://SMS.example.net"},
    ],
)
def test_our_own_pages_and_programs_are_not(headers: dict[str, str]) -> None:
    assert not is_foreign(_request(**headers), SETTINGS, PLACE)


def test_reading_a_page_is_everybodys_who_may_look() -> None:
    request = _request("GET", Sec_Fetch_Site="cross-site", Origin="http://evil.example")
    assert not is_foreign(request, SETTINGS, PLACE)
    assert is_ours_for_sure(request, SETTINGS, PLACE)


def test_a_change_is_ours_for_sure_only_when_a_browser_says_so() -> None:
    for headers in ({}, {"Sec_Fetch_Site": "none"}, {"Sec_Fetch_Site": "same-site"}, {"Origin": "null"}):
        assert not is_ours_for_sure(_request(**headers), SETTINGS, PLACE), headers
    for headers in ({"Sec_Fetch_Site": "same-origin"}, {"Origin": PLACE.origin}):
        assert is_ours_for_sure(_request(**headers), SETTINGS, PLACE), headers


def _check(host: str, path: str = "/bins") -> None:
    check_host(SETTINGS, ServerAddress("http", host, "", "127.0.0.1"), path)


@pytest.mark.parametrize("host", ["localhost:8010", "127.0.0.1", "[::1]:8010", "sms.example.net", "box.lan"])
def test_hosts_that_somebody_configured_and_addresses_are_known(host: str) -> None:
    _check(host)


@pytest.mark.parametrize(
    "host", ["evil.example", "evillocalhost", "x.localhost", "evilsms.example.net", "a.box.lan", "sms.example.net.evil"]
)
def test_a_name_that_only_looks_like_one_of_them_is_not(host: str) -> None:
    with pytest.raises(Forbidden):
        _check(host)


def test_what_is_no_host_and_a_target_that_is_no_path_are_refused() -> None:
    with pytest.raises(BadHost):
        _check("")
    with pytest.raises(Forbidden):
        _check("localhost", "http://localhost/bins")
