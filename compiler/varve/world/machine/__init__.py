"""The machine that varve runs on: the terminal, the CI host, users, processors, memory and profiling."""
