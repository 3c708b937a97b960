"""Settings of all tests: property tests have no deadline (machines are noisy) and repeat the same in CI."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "koonti",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("koonti")
