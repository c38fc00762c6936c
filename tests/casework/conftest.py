from tests.audit.stores import any_store, sqlite_file  # noqa: F401 - fixtures
