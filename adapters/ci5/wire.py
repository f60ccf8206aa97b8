"""Ci5's messages as the assumed profile has them: this module and words.toml are all of it."""

from pydantic import BaseModel, ConfigDict


class Said(BaseModel):
    """Anything that Ci5 says: text is text, and what nobody knows is kept apart."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)


class StepTold(Said):
    """One step of a container; `passage` is Ci5's number for its stay, `date` Ci5's own time."""

    etape: str
    etat: str
    date: str
    conteneur: str
    port: str
    terminal: str
    passage: str | None = None
    connaissements: list[str] | None = None
    agent: str | None = None
    transitaire: str | None = None
    transporteur: str | None = None
    mode: str | None = None


class Answered(Said):
    """The answer to a request of ours."""

    demande: str
    statut: str
    motif: str | None = None


class ActorTold(BaseModel):
    """A party: by its code at Ci5 where it has one, and by its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str | None = None
    nom: str


class Asked(BaseModel):
    """One request to Ci5."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    demande: str
    etape: str
    action: str
    conteneur: str
    port: str
    terminal: str | None = None
    passage: str | None = None
    connaissements: tuple[str, ...] = ()
    reference: str | None = None
    demandeur: ActorTold
    destinataire: ActorTold | None = None
    transporteur: ActorTold | None = None
    valable_du: str | None = None
    valable_au: str | None = None
    mode: str | None = None
    motif: str | None = None
