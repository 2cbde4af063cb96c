"""Grafana's own formats: dashboards, the variables in their queries, titles and uids."""
