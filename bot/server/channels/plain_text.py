"""An answer as a chat shows it: plain text, or Markdown with its sources below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.answers import Answer, Citation

_ESCAPED = str.maketrans({char: f"\\{char}" for char in "\\`*_[]()<>#|~"})
# Escaped in an address they end neither the link nor the line.
_QUOTED = str.maketrans({"(": "%28", ")": "%29", " ": "%20", "<": "%3C", ">": "%3E"})
_BLOCK_GAP = "\n\n"


def body_of(answer: Answer, *, markdown: bool) -> str:
    """The answer's text for a chat; what it asks back comes with the possible replies."""
    text = answer.text.strip() if markdown else plain_text(answer.text)
    if answer.status == "clarify" and answer.suggestions:
        text += f"{_BLOCK_GAP}可以回复：{' / '.join(answer.suggestions)}"
    return text


def sources_of(answer: Answer, *, markdown: bool) -> str:
    """The list of cited articles, one line each; empty when nothing is cited."""
    cited = [one for one in answer.citations if f"[{one.n}]" in answer.text]
    lines: dict[tuple[str, str], list[Citation]] = {}
    for citation in cited:
        lines.setdefault((citation.title, citation.source_url or ""), []).append(citation)
    if not lines:
        return ""
    listed = [_source(title, url, found, markdown) for (title, url), found in lines.items()]
    return "来源：\n" + ("\n\n" if markdown else "\n").join(listed)


def _source(title: str, url: str, cited: Sequence[Citation], markdown: bool) -> str:
    marks = "".join(f"[{one.n}]" for one in cited)
    shown = one_line(title)
    if not is_web_address(url):
        return f"{marks} {shown.translate(_ESCAPED) if markdown else shown}"
    if markdown:
        return f"{marks} [{shown.translate(_ESCAPED)}]({url.translate(_QUOTED)})"
    return f"{marks} {shown} {url}"


def one_line(text: str) -> str:
    """The text without line breaks and characters that do not show."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def is_web_address(url: str) -> bool:
    """Whether it is an http or https address and nothing else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()


def plain_text(markdown: str) -> str:
    """Markdown without its marks; lists, tables and links keep what they say."""
    # Raw HTML is text to a merchant, so it stays text.
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    tree = SyntaxTreeNode(reader.parse(markdown))
    return _BLOCK_GAP.join(_blocks(tree.children))


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> Iterator[str]:
    for node in nodes:
        if text := _block(node):
            yield text


def _block(node: SyntaxTreeNode) -> str:
    if node.type in ("paragraph", "heading", "inline"):
        return _inline(node)
    if node.type in ("fence", "code_block"):
        return node.content.rstrip("\n")
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node)
    if node.type == "table":
        return _table(node)
    if node.type == "hr":
        return ""
    return _BLOCK_GAP.join(_blocks(node.children))


def _list(node: SyntaxTreeNode) -> str:
    first = int(node.attrs.get("start", 1))
    lines = []
    for number, item in enumerate(node.children, first):
        mark = f"{number}. " if node.type == "ordered_list" else "· "
        content = "\n".join(_blocks(item.children))
        lines.append(mark + content.replace("\n", "\n" + " " * 2))
    return "\n".join(lines)


def _table(node: SyntaxTreeNode) -> str:
    rows = [
        [_inline(cell) for cell in row.children] for part in node.children for row in part.children
    ]
    header, *body = rows
    return "\n".join(
        "；".join(
            f"{name}: {value}" if name else value
            for name, value in zip(header, row, strict=False)
            if value
        )
        for row in body
    )


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.type == "image":
        return _linked(node.content, str(node.attrs.get("src", "")))
    inner = "".join(_inline(child) for child in node.children)
    if node.type == "link":
        return _linked(inner, str(node.attrs.get("href", "")))
    return inner


def _linked(text: str, url: str) -> str:
    if not is_web_address(url) or text == url:
        return text
    return f"{text} ({url})" if text else url
