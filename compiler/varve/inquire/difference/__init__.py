"""What differs between the two sides of a change: values, alerts, routes and artifacts."""
