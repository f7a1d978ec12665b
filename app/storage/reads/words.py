"""The SQL function `words_match` of the conditions in `sql/reads/filters.sql`."""

import json

from ...domain.search import Phrases, Tokens

# A condition checks at most two texts of a row, and a query has at most 20 terms: each row is tokenized once.
MAX_TEXTS = 2
MAX_PHRASES = 64


class WordsMatch:
    """For one connection, which runs one query at a time. Caches the texts of the last row and the phrases."""

    def __init__(self) -> None:
        self._texts: dict[str, Tokens] = {}
        self._phrases: dict[str, Phrases] = {}

    def __call__(self, text: str, rest: str, phrases_json: str) -> bool:
        """Whether one of the phrases is in one of the texts. `phrases_json`: a list of phrases as `line_of` returns
        them."""
        phrases = self._phrases.get(phrases_json)
        if phrases is None:
            if len(self._phrases) >= MAX_PHRASES:
                self._phrases.clear()
            lines = json.loads(phrases_json)
            phrases = self._phrases[phrases_json] = Phrases((line.split(), not line.endswith(" ")) for line in lines)
        return phrases.occur_in(self._tokens(text)) or (bool(rest) and phrases.occur_in(self._tokens(rest)))

    def _tokens(self, text: str) -> Tokens:
        found = self._texts.get(text)
        if found is None:
            if len(self._texts) >= MAX_TEXTS:
                # The oldest one: the texts of the current row are the two newest.
                del self._texts[next(iter(self._texts))]
            found = self._texts[text] = Tokens(text)
        return found
