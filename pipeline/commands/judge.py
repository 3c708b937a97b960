"""`koonti judge` and `koonti un-merge`: a person decides who is one."""

import sys
from pathlib import Path

import click

from pipeline.commands.deciding import decision_options, desk, show_written

_SAID = {
    "same": "A and B are one organisation",
    "different": "A and B are two organisations",
    "unsure": "nobody can tell yet; the pair leaves the queue until its records change",
    "parent": "A is the parent of B, and they are two",
    "chapter": "B is a chapter of A, and they are two",
    "affiliated": "A and B belong together, and they are two",
}


@click.command()
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.argument("decision", required=False, type=click.Choice(list(_SAID)))
@click.option("--note", default="", help="Why, in your own words. It stays in the ledger.")
@click.option("--revoke", metavar="ID", default=None, help="Take back an earlier judgement instead.")
@decision_options
def judge(
    a: str | None,
    b: str | None,
    decision: str | None,
    note: str,
    revoke: str | None,
    config_path: Path,
    data_dir: Path | None,
    author: str | None,
) -> None:
    """Decide on two records or organisations: same, different, unsure, parent (A of B), chapter (B of A), affiliated.

    A and B are records (source:id) or organisations (org_…) of the published release.
    """
    from pipeline.ledger import deciding

    if bool(revoke) == bool(decision) or (revoke and a):
        click.echo("name A, B and the decision, or --revoke with the id of a judgement.", err=True)
        sys.exit(2)
    with desk(config_path, data_dir, author) as at:
        if revoke:
            cells, row = deciding.revocation(at.settings.ledger_dir, "judgements", revoke)
            what = row["relation"] or row["decision"] or f"the revocation of {row['revokes']}"
            click.echo(
                f"Taking back {row['id']} of {row['decided_at']}: {what} {row['record_id_a']} {row['record_id_b']}"
            )
            show_written(at.settings, at.write("judgements", [{**cells, "note": note}]))
            return
        one, other = at.release.find(a or ""), at.release.find(b or "")
        said = deciding.judgement(one.record_id, other.record_id, decision or "")
        (evidence,) = at.evidence([(one.record_id, other.record_id)])
        click.echo(f"A  {one}\nB  {other}\n{_SAID[decision or '']}.")
        rows = deciding.judged(at.settings.ledger_dir, [{**said, "evidence": evidence, "note": note}])
        if not rows:
            click.echo("That was decided before and still holds; nothing was written.")
            return
        for old in (new["revokes"] for new in rows if new["revokes"]):
            click.echo(f"It replaces {old}.")
        show_written(at.settings, at.write("judgements", rows))


@click.command("un-merge")
@click.argument("entity_id")
@click.option("--record", metavar="ID", default=None, help="Take this record out; the others stay together.")
@click.option("--all", "every", is_flag=True, help="Part every record from every other.")
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
@click.option("--note", default="", help="Why, in your own words. It stays in the ledger.")
@decision_options
def un_merge(
    entity_id: str,
    record: str | None,
    every: bool,
    dry_run: bool,
    note: str,
    config_path: Path,
    data_dir: Path | None,
    author: str | None,
) -> None:
    """Take an organisation apart that is not one: along its weakest tie, or one record, or all."""
    from pipeline.ledger import deciding, parting

    with desk(config_path, data_dir, author) as at:
        one = at.release.find(entity_id)
        records = at.release.records_of(one.entity_id)
        if len(records) < 2:
            raise deciding.Unfit(f"{one.entity_id} has one record only, {records[0]}; there is nothing to part.")
        if record and record not in records:
            raise deciding.Unfit(f"'{record}' is no record of {one.entity_id}; it has {', '.join(records[:10])}.")
        if record:
            groups = parting.without(records, record)
        else:
            groups = (
                parting.each(records) if every else parting.along_weakest_tie(records, at.release.ties(one.entity_id))
            )
        for number, group in enumerate(groups, start=1):
            click.echo(f"Group {number}: {', '.join(str(at.release.find(r)) for r in group)}")
        pairs = parting.pairs_between(groups)
        told = [
            {**deciding.judgement(a, b, "different"), "evidence": evidence, "note": note}
            for (a, b), evidence in zip(pairs, at.evidence(pairs), strict=True)
        ]
        rows = deciding.judged(at.settings.ledger_dir, told)
        click.echo(f"That takes {len(rows)} judgements 'different', one for each pair of records of different groups.")
        if dry_run or not rows:
            click.echo("Nothing was written.")
            return
        show_written(at.settings, at.write("judgements", rows))
