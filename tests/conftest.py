"""What all tests share: how hypothesis looks for examples."""

import os

from hypothesis import settings

# No deadline: a machine that is busy with something else is no fault of the code.
settings.register_profile("developer", deadline=None)
# In CI the same examples each time, so that a change is judged by what it changed.
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "developer")
