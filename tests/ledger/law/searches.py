"""How long is searched for a planted bug: the same examples in every run, and none kept."""

from hypothesis import HealthCheck, Phase, settings


def search(max_examples: int) -> settings:
    """Return the settings of a search that finds or does not find, and never depends on chance."""
    return settings(
        max_examples=max_examples,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
