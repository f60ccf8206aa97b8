"""A story at Schiphol, where Cargonaut says how air consignments stand."""

from ledger.directory.directory import Directory, directory_of
from schemas.identifiers import Scheme
from schemas.organisations import Code, Organisation
from schemas.value import altered
from tests.adapters import story as antwerp
from tests.adapters.story import FORWARDER

CARGONAUT = "NXT22000000040"
PORT, WAYBILL = "NLSPL", "02012345675"
NOTIFIED = "cargonaut:AMSFWD1"

ORGANISATIONS = (
    *(
        altered(each, codes=(*each.codes, Code(Scheme.EXTERNAL, NOTIFIED)))
        if each.id == FORWARDER
        else each
        for each in antwerp.ORGANISATIONS
    ),
    Organisation(CARGONAUT, 1, "Cargonaut", (), system="cargonaut"),
)
DIRECTORY: Directory = directory_of(ORGANISATIONS, version=len(ORGANISATIONS))
PARTIES = DIRECTORY.by_id
