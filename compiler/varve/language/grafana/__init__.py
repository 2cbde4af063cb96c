"""What Grafana has of its own: dashboards, the variables in their queries, titles and uids."""
