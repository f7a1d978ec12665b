"""The filter grammar: one for the page's box, its URL, the API's `q` and `--match` on the command line.

A query is up to 20 terms, separated by blanks; all of them must hold. `-` in front of a term negates it, and a
field that is not there matches no term, so that `-status:failed` finds captures without a status, too.

| term | finds |
|---|---|
| `code`, `"your code"`, `cod*` | words and phrases in the text and in all fields |
| `text~code`, `text~"your code"` | words and phrases in the text only |
| `note~late`, `note~"called back"` | words and phrases in the note |
| `tag:` | a tag, or its beginning with `*` |
| `from:` `to:` | a number in any spelling, a short code, a sender name; `from:+1415*` by its beginning |
| `id:` | a message id, or its beginning with `*` |
| `status:` `role:` `kind:` `provider:` `method:` `has:` `is:` | one of their words; `has:` takes findings and `any` |
| `signature:` | a verdict; none while the bin has no secrets |
| `result:` | ok, failed or odd; none in a rule, because a capture that arrives has none yet |
| `forward:` | the state with a forward; `failed` is rejected or exhausted, `held` waits for the forward |
| `target:` | sent, or to be sent, by the forward of this name, or its beginning with `*` |
| `after:` `before:` | `2026-11-25`, `2026-11-25T14:00:00Z`, `10m` (ago), `#1040` |
| `size:` | `>1KiB`, `<=512`, `100..200`, `0` bytes of body |

Several values behind one key, `status:failed,undelivered`, are alternatives. Nothing depends on upper and lower case.
Values with blanks, commas or quotes are quoted, with `\\"` for a quote. A word that looks like a key is quoted, too:
`"re:hello"`.

Numbers are compared whole or by their beginning, in ways that an index can serve. With `+` or `00` in front they are
international, and nothing else. Digits alone are compared as they were sent, as international (seven or more, or with
`*`), and as North American (ten, or at least three with `*`). Times without a zone are UTC. `after:` a time includes
it, `after:#1040` begins with 1041; `before:` ends in front of either.
"""

from .completing import Completion, Offer, complete, fits, offers_for, spellings
from .matching import Candidate, matches, settle
from .reading import MAX_LENGTH, MAX_TERMS, WrongTerm, parse_query
from .terms import EXAMPLES, KEYS, VALUES, Moment, OneOf, Pattern, Patterns, Phrase, Query, Size, Term, When, Words
from .tokens import Phrases, Tokens, line_of, tokens
from .writing import as_text, between, pattern_text, with_value

__all__ = [
    "EXAMPLES",
    "KEYS",
    "MAX_LENGTH",
    "MAX_TERMS",
    "VALUES",
    "Candidate",
    "Completion",
    "Moment",
    "Offer",
    "OneOf",
    "Pattern",
    "Patterns",
    "Phrase",
    "Phrases",
    "Query",
    "Size",
    "Term",
    "Tokens",
    "When",
    "Words",
    "WrongTerm",
    "as_text",
    "between",
    "complete",
    "fits",
    "line_of",
    "matches",
    "offers_for",
    "parse_query",
    "pattern_text",
    "settle",
    "spellings",
    "tokens",
    "with_value",
]
