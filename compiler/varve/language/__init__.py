"""The small languages: PromQL, CEL, matchers, templates, times, versions, names, messages, canonical YAML and JSON."""
