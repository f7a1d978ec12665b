"""The pytest plugin, run as a user's test suite runs it: files of tests in a directory of their own."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

HEAD = """
    import threading, urllib.error, urllib.parse, urllib.request
    import pytest

    def post(url, **fields):
        data = urllib.parse.urlencode(fields).encode()
        with urllib.request.urlopen(urllib.request.Request(url, data)) as answer:
            return answer.status, answer.read().decode()

    def later(seconds, url, **fields):
        threading.Timer(seconds, post, (url,), fields).start()

    SMS = {"From": "+14155550107", "To": "+19495550142", "MessageSid": "m1", "Action": "x", "DateSent": "x"}
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A user's project, without the settings of ours."""
    monkeypatch.delenv("SMSBIN_URL", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    # Those that only our own tests need take seconds to import.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini(
        "[pytest]\naddopts = -p app.testing.plugin -p pytest_asyncio.plugin -p no:cacheprovider\nasyncio_mode = auto\n"
    )
    return pytester


def _run(suite: pytest.Pytester, body: str, **outcomes: int) -> pytest.RunResult:
    suite.makepyfile(HEAD + body)
    result = suite.runpytest_subprocess()
    result.assert_outcomes(**outcomes)
    return result


def test_each_test_has_a_bin_of_its_own_and_waits_for_what_comes(suite: pytest.Pytester) -> None:
    _run(
        suite,
        """
    def test_a_code_arrives(smsbin):
        later(0.1, smsbin.url.primary, Text="Your code is 482 913", **SMS)
        hit = smsbin.wait(kind="inbound", from_="+14155550107")
        assert (hit.text, hit.to, hit.from_) == ("Your code is 482 913", "+19495550142", "+14155550107")
        assert hit.fields["MessageSid"] == "m1"
        assert ("Content-Type", "application/x-www-form-urlencoded") in hit.headers

    def test_the_next_test_sees_nothing_of_it(smsbin):
        assert smsbin.received() == []
        smsbin.assert_quiet(0.2)

    def test_otp_finds_the_code(smsbin):
        post(smsbin.url.primary, Text="hello", **SMS)
        later(0.1, smsbin.url.primary, Text="Your code is 482 913", **SMS)
        assert smsbin.otp() == "482913"

    def test_the_word_of_the_provider_or_of_the_ladder(smsbin):
        post(smsbin.url.status, Status="Queued", **SMS)
        post(smsbin.url.status, Status="Success", **SMS)
        assert smsbin.wait(kind="status", status="success").raw_status == "Success"
        assert smsbin.wait(status="queued").raw_status == "Queued"
        assert len(smsbin.received(kind="status")) == 2
        """,
        passed=4,
    )


def test_every_hit_is_given_once_and_several_can_be_waited_for(suite: pytest.Pytester) -> None:
    _run(
        suite,
        """
    def test_one_after_the_other(smsbin):
        for text in ("one", "two", "three"):
            post(smsbin.url.primary, Text=text, **SMS)
        assert smsbin.wait().text == "one"
        assert [hit.text for hit in smsbin.wait(count=2)] == ["two", "three"]
        with pytest.raises(AssertionError, match="came within 0 s"):
            smsbin.wait(timeout=0)
        """,
        passed=1,
    )


def test_what_fails_says_what_came(suite: pytest.Pytester) -> None:
    result = _run(
        suite,
        """
    def test_in_vain(smsbin):
        post(smsbin.url.fallback, Text="wrong \\x1b[31mdoor", **SMS)
        smsbin.wait(role="primary", timeout=0.1)

    def test_not_quiet(smsbin):
        later(0.1, smsbin.url.primary, Text="ding", **SMS)
        smsbin.assert_quiet(5)

    def test_a_wish_that_is_none(smsbin):
        smsbin.wait(colour="red")
        """,
        failed=3,
    )
    result.stdout.fnmatch_lines(
        ['*Nothing that is role:"primary" came within 0.1 s*', "*#1 *fallback inbound +14155550107*", "*- smsbin -*"]
    )
    result.stdout.fnmatch_lines(["*It was not quiet: #1 *"])
    result.stdout.fnmatch_lines(["*colour: no such wish*"])
    assert "\x1b[31mdoor" not in result.stdout.str()


def test_the_bin_answers_as_the_test_wants(suite: pytest.Pytester) -> None:
    _run(
        suite,
        """
    def test_answers_and_faults(smsbin):
        smsbin.respond(201, "<Response><Sms>hi</Sms></Response>", [("Content-Type", "text/xml")])
        assert post(smsbin.url.primary, Text="x", **SMS) == (201, "<Response><Sms>hi</Sms></Response>")
        smsbin.fail("status", status=500, count=1)
        with pytest.raises(urllib.error.HTTPError, match="500"):
            post(smsbin.url.primary, Text="x", **SMS)
        smsbin.drop(count=1)
        with pytest.raises(OSError):
            post(smsbin.url.primary, Text="x", **SMS)
        smsbin.hold(0.2, count=1)
        assert post(smsbin.url.primary, Text="x", **SMS)[0] == 201
        smsbin.heal()
        assert post(smsbin.url.primary, Text="x", **SMS)[0] == 200
        """,
        passed=1,
    )


def test_coroutines_have_the_same(suite: pytest.Pytester) -> None:
    _run(
        suite,
        """
    async def test_waiting_lets_the_loop_run(async_smsbin):
        later(0.1, async_smsbin.url.primary, Text="Your code is 482913", **SMS)
        hit = await async_smsbin.wait(kind="inbound")
        assert hit.text.endswith("482913")
        assert len(await async_smsbin.received()) == 1
        """,
        passed=1,
    )


def test_a_server_that_runs_already_is_used_on_wish(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_reach(smsbin): pass")
    result = suite.runpytest_subprocess("--smsbin-url", "http://127.0.0.1:9")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*access token*"])


def test_the_example_of_the_guide_holds(suite: pytest.Pytester) -> None:
    text = (Path(__file__).parents[2] / "docs" / "tests.md").read_text()
    section = text.split("## In your tests", 1)[1].split("## In CI", 1)[0]
    examples = [each.split("```", 1)[0] for each in section.split("```python\n")[1:]]
    assert len(examples) == 2
    suite.makepyfile("\n".join(examples))
    suite.runpytest_subprocess().assert_outcomes(passed=4)
