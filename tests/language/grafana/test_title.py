from varve.language.grafana.title import service_title


def test_a_service_is_called_by_its_tenants_name_and_its_id() -> None:
    assert service_title("ACME", "checkout") == "ACME / checkout"
