"""What sources answer: what a unit resolves to and why, who is told of an alert, and what a change touches."""
