"""A request as the data sheets see it: fields by name, headers by name, the JSON; worked out once a capture."""

from functools import cached_property, lru_cache

from ..domain.captures import RawRequest
from ..parsing import JsonValue, Look, Pairs, look

# The text of the longest SMS that a provider takes, with room for everything around it.
MAX_WORDS = 8_000


@lru_cache(maxsize=1_024)
def _lower(name: bytes) -> str:
    """A header's name; senders have few of them, and send them for ever."""
    return name.decode("latin-1").lower()


class Glance:
    """Made once, asked by every sheet. Nothing here raises, whatever was sent."""

    def __init__(self, raw: RawRequest) -> None:
        self.raw = raw
        self.look: Look = look(raw)
        fields: dict[str, str] = {}
        for name, value in self.look.pairs:
            fields.setdefault(name.lower(), value)
        self.fields = fields
        """The first value of each name, names in lower case (for JSON the dotted path, "data.payload.id")."""

    @property
    def pairs(self) -> Pairs:
        """Every name and value in order, as sent."""
        return self.look.pairs

    @property
    def json(self) -> JsonValue:
        """The JSON body; None where it is not JSON. The keys are as sent."""
        return self.look.json

    def get(self, *names: str) -> str | None:
        """The first of these fields that is there and not blank; names in lower case."""
        for name in names:
            value = self.fields.get(name)
            if value:
                return value
        return None

    def has(self, *names: str) -> bool:
        """All of these fields are there, blank or not; names in lower case."""
        return all(name in self.fields for name in names)

    @cached_property
    def headers(self) -> dict[str, str]:
        """The first value of each header, names in lower case."""
        found: dict[str, str] = {}
        for name, value in self.raw.headers:
            found.setdefault(_lower(name), value.decode("latin-1"))
        return found

    @property
    def words(self) -> str:
        """What the search may find: the values of all fields, once each, up to `MAX_WORDS` characters."""
        return "\n".join(dict.fromkeys(value for _, value in self.look.pairs if value))[:MAX_WORDS]
