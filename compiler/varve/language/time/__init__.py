"""Times: durations, hours of the week, instants, time zones, and when hours hold."""
