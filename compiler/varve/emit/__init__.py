"""From a unit to its artifacts."""
