"""Questions about sources: what a unit resolves to and why, who is notified of an alert, what a change touches."""
