"""A company of YTJ -> an organisation.

What it decides: which names and forms are in force, what the registration says about it, and that human beings
(sole traders, estates) are not harvested. Addresses are read in `places`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pipeline.sources.fields import Fields
from pipeline.sources.items import Finding, Identifier, Item, Link, Name, Parsed, Term
from pipeline.sources.ytj.places import addresses


def company(raw: Mapping[str, Any], key: str, fetched_at: datetime, settings: Mapping[str, Any]) -> Iterator[Parsed]:
    """The organisation, then its findings and unread fields; a finding alone for a human being."""
    unused = settings["known_unused"]
    data = Fields(raw, "company")
    data.ignore(*unused["company"])
    item = Item("organization", key, url=settings["page"].replace("{id}", key), fetched_at=fetched_at)
    item.modified = data.take_text("lastModified")
    inner: list[Fields] = []
    odd: list[Parsed] = []
    if number := data.take_object("businessId"):
        number.ignore("value", *unused["business_id"])
        inner.append(number)
    item.identifiers.append(Identifier("business_id", key))
    form = _form(data, item, odd, settings, inner)
    if form.get("person"):
        message = f"The form of the body is '{form['name']}', so it may be a person and is not harvested."
        yield Finding("record_unreadable", message, key, "companyForms", level="info")
        return
    _names(data, item, odd, settings, inner)
    item.status = _status(data, item, odd, settings, inner)
    _business_line(data, item, settings, inner)
    _website(data, item, settings, inner)
    item.addresses = addresses(data, key, odd, settings, inner)
    if not item.names:
        yield Finding("record_without_name", "The register gives no name for this id.", key, "names")
        return
    yield item
    yield from odd
    yield from data.unread()
    for fields in inner:
        yield from fields.unread()


def code_of(value: Any) -> str:
    """A code as text; empty for anything that is none."""
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def described(entry: Fields, settings: Mapping[str, Any]) -> str | None:
    """The Finnish words beside a code, else those of any language that comes first."""
    found: dict[str, str] = {}
    for one in entry.take_objects("descriptions"):
        if text := one.take_text("description"):
            found.setdefault(settings["languages"].get(code_of(one.take("languageCode")), ""), text)
    return found.get("fi") or next(iter(found.values()), None)


def _names(data: Fields, item: Item, odd: list[Parsed], settings: Mapping[str, Any], inner: list[Fields]) -> None:
    """Names in force by their type, others as former ones; the same name once in each kind."""
    told = set()
    for entry in data.take_objects("names"):
        inner.append(entry)
        entry.ignore(*settings["known_unused"]["name"])
        value, code = entry.take_text("name"), code_of(entry.take("type"))
        language = settings["languages"].get(code_of(entry.take("languageCode")))
        ended, version = entry.take("endDate"), code_of(entry.take("version"))
        if not value or not value.strip():
            continue
        kind = settings["name_types"].get(code)
        if kind is None:
            message = "A type of name that is not known; read as another name. Add it to source.yml."
            odd.append(Finding("code_unknown", message, item.native_id, "names[].type", code[:40], "warning"))
            kind = "alternative"
        if ended or version not in ("", "1"):
            kind = "former"
        if (value, kind) not in told:
            told.add((value, kind))
            item.names.append(Name(value, language, kind))
    in_force = {name.value for name in item.names if name.kind != "former"}
    item.names = [name for name in item.names if name.kind != "former" or name.value not in in_force]


def _form(
    data: Fields, item: Item, odd: list[Parsed], settings: Mapping[str, Any], inner: list[Fields]
) -> Mapping[str, Any]:
    """The form in force, the one registered last when there are several; sets legal form and kind of body."""
    forms = data.take_objects("companyForms")
    dated = []
    for entry in forms:
        inner.append(entry)
        entry.ignore(*settings["known_unused"]["form"])
        since = entry.take_text("registrationDate") or ""
        dated.append((not entry.take("endDate"), since, code_of(entry.take("type")), described(entry, settings)))
    if not dated:
        return {}
    _, _, code, words = max(dated, key=lambda form: form[:3])
    table: Mapping[str, Mapping[str, Any]] = settings["company_forms"]
    found = table.get(code) or next((f for f in table.values() if f.get("symbol") == code.upper() and code), None)
    if found is None:
        message = f"The form '{code[:20]}' is not in the list of company forms; add it to source.yml."
        odd.append(Finding("code_unknown", message, item.native_id, "companyForms[].type", code[:40], "warning"))
        found = {"name": words}
    item.legal_form = found.get("form") or words or found.get("name")
    item.organization_type = found.get("type")
    return found


def _status(
    data: Fields, item: Item, odd: list[Parsed], settings: Mapping[str, Any], inner: list[Fields]
) -> str | None:
    """Ceased by its end date; else its situation (bankruptcy, liquidation); else its state in the trade register."""
    ended, code = data.take("endDate"), code_of(data.take("tradeRegisterStatus"))
    situations = []
    for entry in data.take_objects("companySituations"):
        inner.append(entry)
        entry.ignore(*settings["known_unused"]["situation"])
        kind, over = code_of(entry.take("type")), entry.take("endDate")
        if kind and not over:
            situations.append(settings["situations"].get(kind, kind))
    registered: str | None = settings["trade_register_statuses"].get(code)
    if registered is None and code:
        message = f"The state '{code[:20]}' in the trade register is not known; add it to source.yml."
        odd.append(Finding("code_unknown", message, item.native_id, "tradeRegisterStatus", code[:40], "warning"))
    if ended:
        return str(settings["ended"])
    return sorted(situations)[0] if situations else registered


def _business_line(data: Fields, item: Item, settings: Mapping[str, Any], inner: list[Fields]) -> None:
    if line := data.take_object("mainBusinessLine"):
        inner.append(line)
        line.ignore(*settings["known_unused"]["business_line"])
        code, words = code_of(line.take("type")), described(line, settings)
        if code or words:
            item.terms.append(Term("tol", code or None, words))


def _website(data: Fields, item: Item, settings: Mapping[str, Any], inner: list[Fields]) -> None:
    """The web site, as an object with an address or as the address alone."""
    value = data.take("website")
    if isinstance(value, Mapping):
        site = Fields(value, "company.website")
        site.ignore(*settings["known_unused"]["website"])
        inner.append(site)
        value = site.take("url")
    if isinstance(value, str) and value.strip():
        item.links.append(Link(value, is_main=True))
