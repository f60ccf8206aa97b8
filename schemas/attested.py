"""What an entry keeps of who said a message: the evidence, beside what was decided on it."""

from schemas.value import Value


class Attested(Value, frozen=True, kw_only=True):
    """How it was known who said a message.

    `policy` is how strictly its topic asked for signatures; `signature` the whole JWS, its payload
    put back (schemas/signatures.py): what was signed, under which key; `authentication` and
    `channel` are a gateway's words for how it knew its party, and over what it came. Of an edited
    dead letter `edited_by` are the two people who vouched for it instead of its sender's
    signature, by what they signed: `proposal` and `confirmation` (schemas/overrides.py).
    """

    policy: str
    signature: str | None = None
    authentication: str | None = None
    channel: str | None = None
    edited_by: str | None = None
    proposal: str | None = None
    confirmation: str | None = None
