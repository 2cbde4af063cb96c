"""What dashboards are called: within a folder Grafana asks for different titles."""


def service_title(tenant: str, service: str) -> str:
    """The title of a service's dashboard, by the tenant's name and the service's id."""
    return f"{tenant} / {service}"
