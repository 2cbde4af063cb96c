"""Dashboards of a tenant's own: whether Grafana would show them, and the tenant's series alone."""
