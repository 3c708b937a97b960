"""The tests of local servers read them back with the jobs of the tests of sources."""

from tests.sources.conftest import job_for as job_for
from tests.sources.conftest import read_as as read_as
