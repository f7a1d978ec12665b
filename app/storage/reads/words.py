"""The SQL function `words_match` of the conditions in `sql/reads/filters.sql`."""

import json

from ...domain.search import Phrases, Tokens

# A condition asks for at most two texts of a row, and a query has at most 20 terms: a row is split into words once.
MOST_TEXTS = 2
MOST_PHRASES = 64


class WordsMatch:
    """For one connection, which runs one query at a time. Remembers the texts of the last row and the phrases."""

    def __init__(self) -> None:
        self._texts: dict[str, Tokens] = {}
        self._phrases: dict[str, Phrases] = {}

    def __call__(self, text: str, rest: str, said: str) -> bool:
        """Is one of the phrases in one of the texts? `said`: the phrases as JSON, each its words and a prefix flag."""
        phrases = self._phrases.get(said)
        if phrases is None:
            if len(self._phrases) >= MOST_PHRASES:
                self._phrases.clear()
            phrases = self._phrases[said] = Phrases(json.loads(said))
        return phrases.occur_in(self._tokens(text)) or (bool(rest) and phrases.occur_in(self._tokens(rest)))

    def _tokens(self, text: str) -> Tokens:
        found = self._texts.get(text)
        if found is None:
            if len(self._texts) >= MOST_TEXTS:
                # The oldest: a row's own texts are the two newest.
                del self._texts[next(iter(self._texts))]
            found = self._texts[text] = Tokens(text)
        return found
