"""An answer as text alone: what the command line prints and a chat client shows."""

from __future__ import annotations

from bot.answers import Answer


def plain_text(answer: Answer) -> str:
    """The answer's text, its sources below, and what else may be asked or answered."""
    parts = [answer.text]
    if answer.citations:
        parts.append(
            "出处：\n"
            + "\n".join(
                f"[{c.n}] 《{c.title}》 {c.section}（{c.article_id}）" for c in answer.citations
            )
        )
    if answer.suggestions:
        lead = "可以回答：" if answer.status == "clarify" else "还可以问："
        parts.append(lead + "；".join(answer.suggestions))
    return "\n\n".join(parts)
