"""How a text is written in a Go template so that it comes out as it is."""

import re
from typing import Final

# A last brace too: the text that follows may begin with another, or with an action.
_OPENING: Final = re.compile(r"\{{2,}|\{\Z")


def escape(text: str) -> str:
    """`text` as a template that prints it, whatever template follows."""
    return _OPENING.sub(lambda found: f'{{{{ "{found[0]}" }}}}', text) if "{" in text else text
