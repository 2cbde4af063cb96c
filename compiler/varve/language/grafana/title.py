"""The titles of dashboards, which Grafana requires to be unique in a folder."""


def service_title(tenant: str, service: str) -> str:
    """The title of a service's dashboard, by the tenant's name and the service's id."""
    return f"{tenant} / {service}"
