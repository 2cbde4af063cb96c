"""Escapes a text for a Go template."""

import re
from typing import Final

# Also a brace at the end, because the text that follows may begin with another, or with an action.
_OPENING: Final = re.compile(r"\{{2,}|\{\Z")


def escape(text: str) -> str:
    """A template that prints `text`, whatever follows the template."""
    return _OPENING.sub(lambda found: f'{{{{ "{found[0]}" }}}}', text) if "{" in text else text
