"""A request as the data sheets see it: fields by name, names of headers, the JSON; worked out once a capture."""

from ...domain.captures import RawRequest
from ...parsing import JsonValue, Look, Pairs, look

# The text of the longest SMS that a provider takes, with room for everything around it.
MAX_WORDS = 8_000


class Glance:
    """Made once, asked by the sheets. Nothing here raises, whatever was sent."""

    __slots__ = ("fields", "headers", "json", "look", "pairs", "raw")

    def __init__(self, raw: RawRequest) -> None:
        self.raw = raw
        self.look: Look = look(raw)
        self.pairs: Pairs = self.look.pairs
        """Every name and value in order, as sent."""
        self.json: JsonValue = self.look.json
        """The JSON body; None where it is not JSON. The keys are as sent."""
        self.fields: dict[str, str] = {name.lower(): value for name, value in reversed(self.pairs)}
        """The first value of each name, names in lower case (for JSON the dotted path, "data.payload.id")."""
        self.headers: set[bytes] = {name.lower() for name, _ in raw.headers}
        """The names of the headers in lower case."""

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

    @property
    def words(self) -> str:
        """What the search may find: the values of all fields, once each, up to `MAX_WORDS` characters."""
        return "\n".join(dict.fromkeys([value for _, value in self.pairs if value]))[:MAX_WORDS]
