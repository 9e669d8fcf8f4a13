import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="session")
def one_blas_thread():
    """Small products run faster alone than threads that share a core."""
    with threadpool_limits(limits=1):
        yield
