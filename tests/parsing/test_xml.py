import time as clock
from contextlib import suppress

import pytest

from app.parsing import MAX_DEPTH, MAX_FIELDS, parse, parse_quickly, xml
from app.parsing.bounds import MAX_PATH, TooMuch, Unreadable
from app.parsing.xml import flatten_xml, read_xml

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


@pytest.mark.parametrize(
    "attribute",
    [
        'xmlns="{}"',
        "xmlns='{}'",
        'xmlns:x="{}"',
        'xmlns:x = \n"{}"',
        'b="" xmlns:x="{}"',
        "c='>' xmlns='{}'",
        "xmlns:" + "p" * 3000 + '="{}"',
    ],
)
def test_a_long_namespace_is_refused_before_it_is_copied_for_each_element(attribute):
    bound = xml.MAX_NAMESPACE
    assert read_xml(f"<a {attribute.format('u' * bound)}/>")["tag"] == "a"
    for text in (
        f"<a {attribute.format('u' * (bound + 1))}><b/></a>",
        f"<a {attribute.format('u' * 200_000)}><b/></a>",
    ):
        with pytest.raises(TooMuch, match="namespace of more than 1000"):
            read_xml(text)


def test_other_long_values_are_read():
    assert read_xml(f'<a not-xmlns="{"u" * 5000}">{"t" * 5000}</a>')["text"] == "t" * 5000


@pytest.mark.parametrize(
    "text",
    [
        f'<a xmlns="{"u" * 250_000}">{"<b/>" * 998}</a>',
        "<a " + "xmlns " * 40_000 + "/>",
        "<a " + "xmlns:" * 40_000 + "/>",
        "<a " + "=" * 250_000,
        "<a " + '="' * 125_000,
        "<a " + "='\"" * 80_000,
        "<a " + " " * 125_000 + "=" + " " * 125_000 + "'" + "u" * 2_000 + "'>",
        "".join(f' xmlns:{n}="{"u" * 1_000}"' for n in range(250)).join(("<a", ">")) + "</a>",
    ],
    ids=range(8),
)
def test_hostile_namespaces_cost_no_more_than_a_look(text):
    since = clock.process_time()
    with suppress(Unreadable):
        read_xml(text)
    assert clock.process_time() - since < 0.1


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


def test_texts_and_attributes_are_flattened_by_dotted_path_in_order():
    text = "<messages><msg id='7'><from>+1</from><to type='a'>+2</to></msg>one <b/> two</messages>"
    assert flatten_xml(read_xml(text)) == (
        ("messages", "one  two"),
        ("messages.msg.id", "7"),
        ("messages.msg.from", "+1"),
        ("messages.msg.to.type", "a"),
        ("messages.msg.to", "+2"),
        ("messages.b", ""),
    )


def test_repeated_elements_are_numbered_as_the_items_of_a_list():
    text = "<a><msg><to>1</to><to>2</to></msg><x>0</x><msg><to>3</to></msg></a>"
    assert flatten_xml(read_xml(text)) == (
        ("a.msg.0.to.0", "1"), ("a.msg.0.to.1", "2"), ("a.x", "0"), ("a.msg.1.to", "3"),
    )  # fmt: skip


def test_an_attribute_with_the_name_of_a_child_is_told_from_it():
    assert flatten_xml(read_xml("<a to='1'><to>2</to></a>")) == (("a.@to", "1"), ("a.to", "2"))


def test_namespaces_are_no_part_of_a_path():
    text = '<s:E xmlns:s="urn:soap" xmlns="urn:x" s:id="1"><s:Body><from>+1</from></s:Body></s:E>'
    assert flatten_xml(read_xml(text)) == (("E.id", "1"), ("E.Body.from", "+1"))


@pytest.mark.parametrize("length", [MAX_PATH, MAX_PATH + 1])
def test_a_path_is_so_long_and_no_longer(length):
    name = "n" * (length - 2)
    assert bool(flatten_xml(read_xml(f"<a><{name}>1</{name}></a>"))) == (length <= MAX_PATH)
    assert bool(flatten_xml(read_xml(f"<a {name}='1'/>"))) == (length <= MAX_PATH)


def test_an_xml_request_gives_fields_by_path_after_the_query():
    raw = request(b"<sms to='+2'><from>+1</from></sms>", XML, target="/k?q=1")
    assert parse_quickly(raw).pairs == (("q", "1"), ("sms.to", "+2"), ("sms.from", "+1"))
