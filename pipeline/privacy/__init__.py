"""What must not be published, and how it is kept out: persons, places of refuge, and what somebody asked to remove.

Belongs here: finding and masking personal data, the rules of publication, suppressions and opt-outs, and the
clearing of what is kept. Does not belong here: what is published otherwise (`exports`), and human decisions about
who is who (`ledger`). The rules that a coordinator may change are the YAML files of this room.
"""
