"""Go templates in the texts of alerts: whether one is valid and allowed, what it prints, how a literal is escaped."""

from varve.language.gotemplate.check import fault
from varve.language.gotemplate.escape import escape
from varve.language.gotemplate.label import printed_labels
from varve.language.gotemplate.lexer import Token, lex
from varve.language.gotemplate.value import prints_value

__all__ = ["Token", "escape", "fault", "lex", "printed_labels", "prints_value"]
