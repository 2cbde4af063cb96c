"""Evaluates policies, the rules that an organisation writes as data, on sources, units, artifacts and changes."""
