"""Go templates in the texts of alerts: is one sound and allowed, and how is a text written that must stay as it is."""

from varve.language.gotemplate.check import fault
from varve.language.gotemplate.escape import escape
from varve.language.gotemplate.lexer import Token, lex

__all__ = ["Token", "escape", "fault", "lex"]
