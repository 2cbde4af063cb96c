"""The small languages: PromQL, durations, versions, names, messages, canonical YAML."""
