"""The pages that a person can go to, each with its words and its route once: for bars, sections, the menu of a phone
and the palette."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """`path` is below the bin, or below the base. The palette also finds it by its `words`; `key` is the letter that
    opens it after "g"; `for_admins`: others may not open it."""

    title: str
    path: str
    words: str = ""
    key: str = ""
    for_admins: bool = False

    @property
    def name(self) -> str:
        """What a template calls the page that is open."""
        return self.path.removeprefix("/") or "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageButton:
    """An action of the palette: it presses the first visible button of the page with this `hook`."""

    title: str
    hook: str
    words: str = ""


BIN_TABS = (
    PageLink(title="Live", path="", words="requests list captures newest", key="l"),
    PageLink(title="Overview", path="/overview", words="volume statistics counts failures codes day month", key="o"),
    PageLink(title="Messages", path="/messages", words="sms status delivered failed stuck", key="m"),
    PageLink(title="Conversations", path="/conversations", words="chats threads numbers", key="v"),
    PageLink(title="Compare", path="/compare", words="primary fallback pairs gap", key="c"),
    PageLink(title="Reconcile", path="/reconcile", words="did we lose any provider log export csv compare", key="r"),
    PageLink(title="Simulate", path="/simulate", words="simulator test traffic send", key="i"),
    PageLink(title="Set up", path="/setup", words="setup portal provider urls curl qr phone", key="u"),
    PageLink(title="Settings", path="/settings", words="general name retention stuck provider", key="s"),
)
BIN_SECTIONS = (
    PageLink(title="General", path="/settings"),
    PageLink(title="Responses", path="/answers", words="set response answers rules status body twiml"),
    PageLink(title="Faults", path="/faults", words="fail the primary fallback timeout 500 outage on purpose"),
    PageLink(title="Mapping", path="/mapping", words="teach provider custom fields"),
    PageLink(title="Forwards", path="/forwards", words="forward send on webhook handler target retry"),
    PageLink(title="Wiretap", path="/wiretaps", words="proxy pass through handler answers while provider waits"),
    PageLink(title="Alerts", path="/alerts", words="alert notify notification slack teams email webhook monitor"),
    PageLink(title="Signatures", path="/signatures", words="secrets hmac verify genuine"),
    PageLink(title="Shares", path="/shares", words="share link send colleague support read only revoke"),
    PageLink(title="Privacy", path="/privacy", words="mask hide numbers codes never store redact withhold"),
)
BIN_PARTS = (
    PageLink(title="URLs", path="/settings#addresses", words="capture url addresses rotate create new key"),
    PageLink(title="Export", path="/settings#export", words="download csv json lines har"),
    PageLink(title="Delete", path="/settings#end", words="clear remove requests bin"),
)
BIN_PAGES = (
    *BIN_TABS,
    *(link for link in BIN_SECTIONS if link.path != "/settings"),
    PageLink(title="Drills", path="/drills", words="measure score card fail the primary watch fallback"),
    *BIN_PARTS,
)
# The settings of the server.
SERVER_SECTIONS = (
    PageLink(
        title="Tokens", path="/settings/tokens", words="access roles users settings server admin", for_admins=True
    ),
    PageLink(title="Sessions", path="/settings/sessions", words="signed in browsers settings server", for_admins=True),
    PageLink(title="Audit log", path="/settings/audit", words="who did what history changes settings", for_admins=True),
)
SITE_PAGES = (
    PageLink(title="All bins", path="/", words="home start"),
    PageLink(title="Create a bin", path="/#new", words="new make add"),
    *SERVER_SECTIONS,
    PageLink(title="Guide", path="/docs/guide", words="documentation help manual"),
    PageLink(title="What each finding means", path="/docs/guide/findings", words="odd warnings documentation"),
    PageLink(title="API", path="/docs", words="openapi swagger documentation"),
)
BUTTONS = (
    PageButton(title="Go to a request or a time", hook="data-goto-button", words="jump number date oldest"),
    PageButton(title="Show new requests", hook="data-held", words="newest"),
    PageButton(title="Pause or resume", hook="data-pause", words="stop hold live"),
    PageButton(title="Mark all read", hook="data-all-read", words="unread seen"),
    PageButton(title="Switch theme", hook="data-theme-switch", words="dark light auto colors"),
    PageButton(title="Switch time zone", hook="data-zone-switch", words="utc local clock"),
    PageButton(title="Keyboard shortcuts", hook="data-help", words="help keys"),
)
