"""Go templates in the texts of alerts: whether one is valid and allowed, and how a literal text is escaped."""

from varve.language.gotemplate.check import fault
from varve.language.gotemplate.escape import escape
from varve.language.gotemplate.lexer import Token, lex

__all__ = ["Token", "escape", "fault", "lex"]
