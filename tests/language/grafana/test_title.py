from varve.language.grafana.title import service_title


def test_the_title_of_a_service_has_its_tenants_name_and_its_id() -> None:
    assert service_title("ACME", "checkout") == "ACME / checkout"
