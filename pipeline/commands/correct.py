"""`koonti correct`: a person knows a value better than any source."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from pipeline.commands.deciding import decision_options, desk, show_written


@click.command()
@click.argument("target", required=False)
@click.argument("field", required=False)
@click.argument("value", required=False)
@click.option("--language", default="", help="Of a description: fi, sv or en.")
@click.option("--until", metavar="DATE", default="", help="The last day on which it holds.")
@click.option("--evidence", default="", help="Where the value is known from. It stays in the ledger.")
@click.option("--revoke", metavar="ID", default=None, help="Take back an earlier correction instead.")
@decision_options
def correct(
    target: str | None,
    field: str | None,
    value: str | None,
    language: str,
    until: str,
    evidence: str,
    revoke: str | None,
    config_path: Path,
    data_dir: Path | None,
    author: str | None,
) -> None:
    """Correct FIELD of an organisation to VALUE; an empty VALUE ("") takes the field out.

    TARGET is a record (source:id) or an organisation (org_…). The correction wins over all sources until one of
    them says the same.
    """
    from pipeline.ledger import deciding, values
    from pipeline.ledger.spec import HELSINKI

    if bool(revoke) == (value is not None) or (revoke and target):
        click.echo('name TARGET, FIELD and VALUE ("" takes it out), or --revoke with the id of a correction.', err=True)
        sys.exit(2)
    with desk(config_path, data_dir, author) as at:
        ledger = at.settings.ledger_dir
        if revoke:
            cells, row = deciding.revocation(ledger, "corrections", revoke)
            click.echo(f"Taking back {row['id']} of {row['decided_at']}: {row['field']} of {row['target']}")
            show_written(at.settings, at.write("corrections", [{**cells, "evidence": evidence}]))
            return
        key = values.key_of(field or "", language)
        stands = values.normalised(key, value or "")
        one = at.release.find(target or "")
        if key == "parent_organization_id" and stands:
            parent = at.release.find(stands)
            if parent.entity_id == one.entity_id:
                raise deciding.Unfit(f"{parent} is the organisation itself.")
            stands = parent.entity_id if parent.is_entity else parent.record_id
        now = at.release.stands(one.entity_id, key)
        cells = deciding.correction(
            ledger,
            one,
            key,
            stands,
            until=until,
            today=datetime.now(UTC).astimezone(HELSINKI).date(),
            same=[one.entity_id, *at.release.records_of(one.entity_id)],
        )
        click.echo(f"{one}\n{key}: {' | '.join(now) or '(nothing)'} -> {stands or '(nothing)'}")
        if now == [stands] and not cells["revokes"]:
            click.echo("The catalogue says that already, so nothing was written.")
            return
        if cells["revokes"]:
            click.echo(f"It replaces {cells['revokes']}.")
        show_written(at.settings, at.write("corrections", [{**cells, "evidence": evidence}]))
