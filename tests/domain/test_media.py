"""What the files of a message are, without fetching them."""

import pytest

from app.domain.media import NAME_CHARACTERS, media_files, media_text, media_types, stated_types, type_of_address


@pytest.mark.parametrize(
    ("address", "type"),
    [
        ("https://a.example/x/cat.JPG?token=1#top", "image/jpeg"),
        ("https://a.example/card.vcf", "text/vcard"),
        ("https://a.example/a%2Epng", "image/png"),
        ("https://a.example/media/ME123", ""),
        ("https://a.example/?file=cat.jpg", ""),
        ("https://a.example/x.exe", ""),
        ("https://[bad/x.jpg", ""),
        ("", ""),
    ],
)
def test_the_ending_of_the_path_says_what_a_file_is(address: str, type: str) -> None:
    assert type_of_address(address) == type


def test_a_stated_type_counts_more_than_the_ending() -> None:
    stated, guessed = media_files(("https://a.example/1.jpg", "https://a.example/d/2.png"), ("video/mp4",))
    assert (stated.type, stated.by_ending, stated.kind, stated.name) == ("video/mp4", False, "video", "1.jpg")
    assert (guessed.type, guessed.by_ending, guessed.kind, guessed.name) == ("image/png", True, "picture", "2.png")


def test_every_file_has_one_type_even_if_more_or_fewer_are_stated() -> None:
    assert media_types(("a", "b.gif"), ("", "", "image/png")) == ("", "image/gif")
    assert stated_types(("a", "b"), ("image/png",)) == ("image/png", "")
    assert stated_types(("a",), ("image/png", "image/gif")) == ("image/png",)


@pytest.mark.parametrize(
    ("types", "text"),
    [
        ((), ""),
        (("image/jpeg",), "1 picture"),
        (("image/jpeg", "image/*"), "2 pictures"),
        (("image/png", "text/x-vcard", "", "a/pdf", "audio/amr"), "1 picture, 1 contact, 2 files and 1 audio file"),
    ],
)
def test_files_are_counted_in_words(types: tuple[str, ...], text: str) -> None:
    assert media_text(types) == text


@pytest.mark.parametrize("more", [0, 1])
def test_a_name_has_a_limited_number_of_characters(more: int) -> None:
    (file,) = media_files((f"https://a.example/{'n' * (NAME_CHARACTERS + more)}",), ())
    assert len(file.name) == NAME_CHARACTERS
