"""A tenant's own dashboards: whether Grafana would show them, and only the tenant's series."""
