"""The small city's feeds and derived tables as plain rows, as in tests/data_access."""

from tests.data_access.conftest import rows  # noqa: F401 - a fixture
