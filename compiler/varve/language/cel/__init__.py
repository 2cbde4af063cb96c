"""The language of policies, a subset of CEL, evaluated by Google's library or, if the result is certain, by Python."""
