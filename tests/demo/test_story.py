"""The story of ten days in docs/identity.md is what the pipeline makes of them."""

from pathlib import Path

import pytest

from pipeline.demo import story

PAGE = Path(__file__).parents[2] / "docs" / "identity.md"


@pytest.mark.slow
def test_the_page_tells_the_first_days_as_they_are():
    said = []
    story.tell(said.append, days=2)
    told = PAGE.read_text(encoding="utf-8").partition("```text\nDay 1,")[2].partition("```")[0]
    assert f"Day 1,{told}".startswith("\n".join(said) + "\n")
    assert told.count("\nDay ") + 1 == len(story.script()["days"])
    assert told.count(story.OK) == len(story.script()["days"])


def test_the_story_has_every_kind_of_day():
    days = story.script()["days"]
    decided = {name for day in days for name in day.get("decided", {})}
    assert decided == {"judgements", "corrections", "suppressions"}
    assert sum("down" in day for day in days) == 2
