"""The words of rich messages: one rule for all providers, shown with the vendors' own shapes."""

import pytest

from app.parsing import JsonValue
from app.providers.kit.bounds import MAX_MEDIA
from app.providers.kit.rich import MAX_NESTED, MAX_PARTS, media_of, place_of, words_of


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("hi", "hi"),
        ({"text": "hi"}, "hi"),
        ({"type": "text", "text": {"body": "hi"}}, "hi"),
        ({"text_message": {"text": "hi"}}, "hi"),
        ([{"type": "TEXT", "text": "hi", "cleantext": "i"}], "hi"),
        # Buttons and rows: what the person reads comes before the data behind it.
        ({"suggestion_response": {"postback_data": "p", "text": "Yes"}}, "Yes"),
        ({"suggestionresponse": {"postbackdata": "p", "text": "Yes"}}, "Yes"),
        ({"button": {"payload": "p", "text": "Confirm"}}, "Confirm"),
        ({"reply": {"id": "1", "title": "Yes", "description": "I agree"}}, "Yes"),
        ({"interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "Row", "description": "d"}}}, "Row"),
        ({"type": "INTERACTIVE_BUTTON_REPLY", "id": "1", "title": "Yes"}, "Yes"),
        ({"choice_response_message": {"message_id": "m", "postback_data": "p"}}, "p"),
        ({"type": "SUGGESTION", "postbackdata": "p"}, "p"),
        # Cards, captions, reactions.
        (
            {"card_content": {"title": "Shoes", "description": "Red ones", "suggestions": [{"text": "Buy"}]}},
            "Shoes\nRed ones",
        ),
        ({"image": {"url": "https://a.example/i.jpg", "caption": "see this"}}, "see this"),
        ({"reaction": {"message_id": "m", "emoji": "👍"}}, "👍"),
        # Places, contacts, orders.
        ({"location": {"latitude": 41.8, "longitude": -87.6}}, "41.8, -87.6"),
        ({"location": {"lat": 41.8, "long": -87.6, "name": "Hall", "address": "1 Main"}}, "Hall, 1 Main (41.8, -87.6)"),
        ({"location_message": {"title": "Hall", "label": "Hall", "coordinates": {"lat": 1, "lng": 2}}}, "Hall (1, 2)"),
        ({"coordinates": {"latitude": 1, "longitude": 2}, "location": {"address": "1 Main"}}, "1 Main (1, 2)"),
        ({"contacts": [{"org": {"title": "Boss"}, "name": {"first_name": "A", "formatted_name": "A B"}}]}, "A B"),
        (
            {"order": {"product_items": [{"product_retailer_id": "a", "quantity": 2}, {"product_retailer_id": "b"}]}},
            "2 × a\n1 × b",
        ),
        ({"order": {"text": "Please hurry", "product_items": []}}, "Please hurry"),
        # What is about the message is not said in it.
        ({"context": {"text": "earlier"}, "referral": {"body": "ad"}, "sticker": {"url": "https://a.example/s"}}, None),
        ({"text": "", "button": {"text": "Yes"}}, "Yes"),
        ({"text": ""}, ""),
        ({"id": "1", "type": "unsupported"}, None),
        (None, None),
        (7, None),
    ],
)  # fmt: skip
def test_the_words_are_what_a_person_wrote_or_read(content: JsonValue, words: str | None) -> None:
    assert words_of(content) == words


def test_files_are_found_by_the_names_of_their_addresses() -> None:
    content: JsonValue = {
        "user_file": {
            "payload": {"mime_type": "image/png", "file_uri": "https://a.example/1.png"},
            "thumbnail": {"file_uri": "https://a.example/thumbnail.png"},
        },
        "images": [{"mediaurl": "https://a.example/2.png"}, {"mediaurl": "https://a.example/2.png"}, {"url": "none"}],
        "location": {"latitude": 1, "longitude": 2, "url": "https://maps.example/"},
        "contacts": [{"name": {"formatted_name": "A B"}, "urls": [{"url": "https://a.example/home"}]}],
    }
    assert media_of(content) == ("https://a.example/1.png", "https://a.example/2.png")
    assert media_of([{"url": f"https://a.example/{n}"} for n in range(MAX_MEDIA + 1)])[-1].endswith("29")


def test_what_is_nested_deeper_than_any_provider_does_it_is_not_searched() -> None:
    content: JsonValue = {"text": "deep", "url": "https://a.example/"}
    for _ in range(MAX_NESTED):
        content = {"part": content}
    assert (words_of(content), media_of(content)) == ("deep", ("https://a.example/",))
    assert (words_of([content]), media_of([content])) == (None, ())


def test_of_many_parts_the_first_ones_are_searched() -> None:
    parts: list[JsonValue] = [{"id": str(number)} for number in range(MAX_PARTS)]
    for last, words in ((MAX_PARTS - 1, "hi"), (MAX_PARTS, None)):
        many: list[JsonValue] = [*parts[:last], {"text": "hi"}]
        assert words_of(many) == words_of({str(place): part for place, part in enumerate(many)}) == words


def test_a_place_needs_both_of_its_numbers() -> None:
    assert place_of("1", None, "Hall") is None
    assert place_of("1", "2", None, "Hall", "Hall") == "Hall (1, 2)"
