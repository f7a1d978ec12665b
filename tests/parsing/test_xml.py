import pytest

from app.parsing import MAX_DEPTH, MAX_FIELDS, parse
from app.parsing.bounds import TooMuch, Unreadable
from app.parsing.xml import read_xml

from .support import XML, request

LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def node(tag, text="", children=(), **attributes):
    return {"tag": tag, "attributes": attributes, "text": text, "children": list(children)}


def test_elements_become_plain_values():
    text = '<sms id="1">\n <to>+1</to>\n <text> hi &amp; bye </text>\n <!-- no --><empty/>\n</sms>'
    children = [node("to", "+1"), node("text", " hi & bye "), node("empty")]
    assert read_xml(text) == node("sms", children=children, id="1")


def test_text_around_children_is_kept_together():
    assert read_xml("<a>one <b>two</b> three</a>")["text"] == "one  three"


def test_namespaces_are_left_out_so_that_they_cannot_multiply():
    address = "u" * 1000
    assert read_xml(f'<x:a xmlns:x="{address}" x:n="1"><x:b/></x:a>') == node("a", children=[node("b")], n="1")


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE, "<!DOCTYPE a><a/>"])
def test_a_dtd_is_never_read(text):
    with pytest.raises(TooMuch, match="DTD"):
        read_xml(text)
    assert "DTD" in parse(request(text.encode(), XML)).error


def test_nesting_is_read_to_the_bound_and_no_deeper():
    assert read_xml("<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH)
    with pytest.raises(TooMuch, match="deeper than 64"):
        read_xml("<a>" * (MAX_DEPTH + 1))


@pytest.mark.parametrize(
    "text",
    ["<r>" + "<a/>" * MAX_FIELDS + "</r>", "<r " + " ".join(f'a{n}=""' for n in range(MAX_FIELDS)) + "/>"],
)
def test_elements_and_attributes_are_counted(text):
    with pytest.raises(TooMuch, match="more than 1000"):
        read_xml(text)


@pytest.mark.parametrize("text", ["", "hello", "<a>", "<a></b>", "<a/><b/>", "<a>&none;</a>", "<a>\0</a>", "<"])
def test_broken_xml_says_where(text):
    with pytest.raises(Unreadable, match="at line 1, column"):
        read_xml(text)


def test_the_declaration_names_the_charset_of_the_bytes():
    parsed = parse(request('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1"), "text/xml"))
    assert parsed.xml == node("a", "é")
    assert (parsed.charset.name, parsed.charset.source) == ("iso-8859-1", "declared")


def test_a_declaration_cannot_choose_any_codec():
    parsed = parse(request(b'<?xml version="1.0" encoding="unicode_escape"?><a>\\x41</a>', XML))
    assert parsed.xml == node("a", "\\x41")
    assert "unicode_escape" in parsed.charset.note


def test_a_utf_16_document_is_read_although_the_parser_gets_text():
    parsed = parse(request('<?xml version="1.0" encoding="utf-16"?><a>é</a>'.encode("utf-16"), XML))
    assert parsed.xml == node("a", "é")
