"""A parsed request with its values masked."""

from msgspec.structs import replace

from ..domain.masking.policy import MaskingPolicy
from .results import JsonValue, Pairs, Parsed, XmlNode


def mask_parsed(parsed: Parsed, masking: MaskingPolicy) -> Parsed:
    """All values masked, and the text of the body left out, which has them too."""
    if not masking.hides_bodies:
        return parsed
    return replace(
        parsed,
        query=_pairs(parsed.query, masking),
        form=None if parsed.form is None else _pairs(parsed.form, masking),
        json=_json(parsed.json, "", masking),
        xml=None if parsed.xml is None else _node(parsed.xml, masking),
        parts=None if parsed.parts is None else tuple(
            replace(
                part,
                name=None if part.name is None else masking.name(part.name),
                filename=None if part.filename is None else masking.sentence(part.filename),
                content_type=None if part.content_type is None else masking.sentence(part.content_type),
                text=None if part.text is None else masking.value(part.name or "", part.text),
            )
            for part in parsed.parts
        ),
        text=None,
        error=None if parsed.error is None else masking.sentence(parsed.error),
        notes=tuple(map(masking.sentence, parsed.notes)),
    )  # fmt: skip


def _pairs(pairs: Pairs, masking: MaskingPolicy) -> Pairs:
    return tuple((masking.name(name), masking.value(name, value)) for name, value in pairs)


def _json(value: JsonValue, path: str, masking: MaskingPolicy) -> JsonValue:
    """The same structure; a number that is masked becomes a string. The depth is bounded by the parser."""
    if isinstance(value, dict):
        return {masking.name(name): _json(item, f"{path}.{name}", masking) for name, item in value.items()}
    if isinstance(value, list):
        return [_json(item, path, masking) for item in value]
    text = value if isinstance(value, str) else "" if value is None else str(value)
    shown = masking.value(path, text)
    return value if shown == text else shown


def _node(node: XmlNode, masking: MaskingPolicy) -> XmlNode:
    tag = node["tag"]
    return XmlNode(
        tag=masking.name(tag),
        attributes={masking.name(name): masking.value(name, value) for name, value in node["attributes"].items()},
        text=masking.value(tag, node["text"]),
        children=[_node(child, masking) for child in node["children"]],
    )
