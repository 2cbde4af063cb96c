"""Times as people and Prometheus say them: durations, hours of the week, instants, zones, and when hours hold."""
