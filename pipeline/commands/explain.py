"""`koonti explain`: why two are or are not one, as a table and a waterfall of bits; or the whole story of one id."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipeline.changes.story import Story
    from pipeline.matching.explain import Organisation, Pair

BAR = 24
"""Characters of the longest bar."""
WORDS = {
    "same": "one organisation",
    "maybe": "perhaps one organisation: a person should look",
    "different": "two organisations",
    "related": "two organisations that belong together",
}


STATES = {
    "live": "in the catalogue",
    "merged": "merged into another",
    "split": "split into several",
    "retired": "retired: no record of it is seen any more",
    "outside": "known, outside the published region",
    "suppressed": "suppressed: nothing more is said about it",
}


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), default=Path("koonti.yml"), envvar="KOONTI_CONFIG"
)
@click.option("--data-dir", type=click.Path(path_type=Path), default=None)
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=None, help="What koonti match --out wrote.")
def explain(a: str, b: str | None, config_path: Path, data_dir: Path | None, folder: Path | None) -> None:
    """Tell why A and B are or are not one, or the whole story of A.

    Ids are records (source:id) or org_… of the newest release; with --dir those of a list that was matched.
    """
    if folder is not None:
        _explain_list(a, b, folder)
        return
    from pipeline import stages
    from pipeline.changes.story import story
    from pipeline.cli import newest_release, settings_of
    from pipeline.dedupe import gather
    from pipeline.matching.explain import NotKnown, Release, compare_now

    folder, config = newest_release(config_path, data_dir)
    release = Release(folder)
    try:
        if b is None:
            told = story(folder.parent, folder, a)
            if told is None:
                raise NotKnown(
                    f"'{a}' is neither a record (source:id) nor an id (org_…, svc_…, loc_…) of this release."
                )
            show_start(told)
            if told.id.startswith("org_") and told.state == "live":
                show_organisation(release.organisation(told.id))
            show_life(told)
            return
        found = release.pair(a, b)
        if found is None:
            one, other = release.records_of(a)[0], release.records_of(b)[0]
            con = stages.open_records(settings_of(config, data_dir))
            records = gather.matching_input(con)
            con.close()
            known = set(records.column("record_id").to_pylist())
            if one == other or not {one, other} <= known:
                raise NotKnown(
                    "name two different organisations or organisation records. Of services the release tells only "
                    "pairs of one organisation that were not plainly different."
                )
            found = compare_now(records, one, other, is_one=release.is_one(one, other))
        show_pair(found)
    except NotKnown as unknown:
        click.echo(str(unknown), err=True)
        sys.exit(2)


def _explain_list(a: str, b: str | None, folder: Path) -> None:
    """The same for the folder of a matched list."""
    from pipeline.console import table
    from pipeline.matching.explain import NotKnown
    from pipeline.matching.explain_folder import MatchFolder

    try:
        found = MatchFolder(folder)
        if b is not None:
            show_pair(found.pair(a, b), where=f"in {folder}")
            return
        group = found.group(a)
    except NotKnown as unknown:
        click.echo(str(unknown), err=True)
        sys.exit(2)
    click.echo(f"{group.id}  {len(group.records)} records: {', '.join(group.records)}")
    if group.ties:
        click.echo("\nWhat ties them:")
        table(("A", "B", "decision", "probability"), [
            (t["record_id_a"], t["record_id_b"], t["decision"], t["probability"]) for t in group.ties
        ])  # fmt: skip


def show_pair(pair: "Pair", where: str = "in the release") -> None:
    """The two, the decision in words, each finding with its values, and how the bits add up."""
    from pipeline.console import table

    click.echo(f"A  {pair.a}  {pair.name_a}\nB  {pair.b}  {pair.name_b}\n")
    what = "service" if pair.kind == "service" else "organisation"
    click.echo(f"They {'are' if pair.is_one else 'are not'} one {what} {where}.")
    said = "Compared now, on their own" if pair.compared_now else "The pair was judged"
    click.echo(
        f"{said}: {WORDS[pair.decision].replace('organisation', what)} "
        f"(probability {pair.probability:.2f}{f', rule {pair.rule}' if pair.rule else ''})."
    )
    if pair.compared_now:
        click.echo("The release holds no comparison: they share no key, or were plainly different.")
    if pair.decision == "same" and not pair.is_one:
        click.echo("Their groups were kept apart all the same: something else in them contradicts, or too few agree.")
    if pair.decision != "same" and pair.is_one:
        click.echo("They are one through other records that agree with both.")
    click.echo()
    told = [r for r in pair.reasons if r["value_a"] or r["value_b"] or abs(r["contribution"]) >= 0.05]
    table(
        ("finding", "outcome", "A", "B", "bits"),
        [(r["feature"], r["outcome"], r["value_a"], r["value_b"], f"{r['contribution']:+.1f}") for r in told],
    )
    click.echo("\nHow it adds up (bits; each doubles or halves the odds):")
    for line in waterfall([(r["feature"], float(r["contribution"])) for r in pair.reasons]):
        click.echo(line)


def waterfall(steps: list[tuple[str, float]]) -> list[str]:
    """Bars from where the sum stood to where it stands: # for, - against; then the sum."""
    steps = [(name, bits) for name, bits in steps if abs(bits) >= 0.05]
    sums = [0.0]
    for _, bits in steps:
        sums.append(sums[-1] + bits)
    low, high = min(sums), max(sums)
    scale = BAR / (high - low) if high > low else 0.0
    lines = []
    for (name, bits), start, end in zip(steps, sums, sums[1:], strict=False):
        left, right = sorted((round((start - low) * scale), round((end - low) * scale)))
        bar = " " * left + ("#" if bits > 0 else "-") * max(1, right - left)
        lines.append(f"  {name:<20} {bits:+6.1f}  |{bar:<{BAR + 1}}|")
    return [*lines, f"  {'sum':<20} {sums[-1]:+6.1f}"]


def show_start(told: "Story") -> None:
    """Who it is, where the id leads, its records with their pages, and why they are one."""
    from pipeline.console import table

    click.echo(f"{told.id}  {told.name or '(no name is published)'}  ({STATES.get(told.state, told.state)})")
    if told.successors:
        click.echo(f"Its records are now with {', '.join(told.successors)}.")
    if told.former:
        click.echo("Carries on " + ", ".join(f"{f['entity_id']} ({f['state']})" for f in told.former) + ".")
    if told.state == "suppressed":
        return
    if told.records:
        click.echo("\nRecords, and their pages:")
        table(("record", "name", "seen", "page"), [
            (r["record_id"], r["name"], r["lifecycle"], r["native_url"]) for r in told.records
        ])  # fmt: skip
    if told.ties:
        click.echo("\nWhy they are one (the strongest pair of each record):")
        table(("record", "record", "rule", "probability", "strongest reasons"), [
            (t["record_id_a"], t["record_id_b"], t["rule"], t["probability"], t["reasons"]) for t in told.ties
        ])  # fmt: skip


def show_organisation(one: "Organisation") -> None:
    """Chosen and losing values, and relations."""
    from pipeline.console import table

    if one.values:
        click.echo("\nValues (* stands in the catalogue):")
        table(("", "field", "value", "rule", "record"), [
            ("*" if v["chosen"] else "", v["field"], v["value"], v["rule"], v["record_id"]) for v in one.values
        ])  # fmt: skip
    if one.relations:
        click.echo("\nBelongs together with:")
        table(("how", "organisation", "name", "rule"), [
            (r["relation_type"], r["other_id"], r["other_name"], r["rule"]) for r in one.relations
        ])  # fmt: skip


def show_life(told: "Story") -> None:
    """What people decided, what became of the id, and what changed when."""
    from pipeline.commands.changes import detail
    from pipeline.console import table

    if told.decisions:
        click.echo("\nWhat people decided:")
        table(("what", "id", "on", "state", "when"), [
            (d["what"], d["id"], d["decision"], d["state"], str(d["decided_at"] or "")[:10]) for d in told.decisions
        ])  # fmt: skip
    if told.events:
        click.echo("\nWhat became of the id:")
        table(("release", "event", "cause", "sources", "successors"), [
            (e["version"], e["event"], e["cause"], _bars(e["detail"]), _bars(e["successors"])) for e in told.events
        ])  # fmt: skip
    if told.changes:
        click.echo("\nWhat changed when (in the releases that are kept):")
        table(("release", "what", "why", "fields or successors"), [
            (c["version"], c["operation"], c["cause"], detail(c)) for c in told.changes
        ])  # fmt: skip


def _bars(text: str | None) -> str:
    return (text or "").replace("|", ", ")
