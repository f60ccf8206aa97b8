"""The law as one table, written by hand: for each action and each state, what the ledger answers.

An action is a line at the margin: who, and what it does (actions.py). Under it stand the states
(states.py), the answer, and where that is written:

    agent unblocks
        blocked frozen            -> unblocked                | SA

The answer is the facts in order, joined by `+`; `no: reason` is a refusal and changes nothing;
`-` is that nothing is written down. Every state stands under every action exactly once.

Sources, by the keys of domain/cpu.md §0: OAS OAS20 NOT-OV NOT-TERM SA SA-IG RP TO TERM TERM-IG
EDI-OLD REG IRP V3.11 VAR SCR-GL CUSTL MPET. Beside them:
DESIGN    design.md §3 and §4
INFERRED  domain/cpu.md says so and marks it INFERRED; behind it stands the setting of Policy that
          an owner's answer would change, and the row with it (docs/inferred.md). Where the design
          says the same it is DESIGN; a name that is no setting is explained in inferences.py
OURS      neither says it; the default chosen here, for an owner to confirm
"""

SOURCES = frozenset(
    {
        *("OAS", "OAS20", "NOT-OV", "NOT-TERM", "SA", "SA-IG", "RP", "TO", "TERM", "TERM-IG"),
        *("EDI-OLD", "REG", "IRP", "V3.11", "VAR", "SCR-GL", "CUSTL", "MPET"),
        *("DESIGN", "OURS"),
    }
)

TABLE = """
# ------------------------------------------------------------------------------- the ship agent

agent releases
    unknown left                  -> released                                     | SA-IG
    ownerless offered held passing carried assigned ready blocked frozen disputed contested moved
                                  -> no: already_released                         | IRP
    expired deleted               -> released + discharged + terminal_released
                                     + customs_status_set
                                                            | INFERRED reports_carry_over
    stuck                         -> parked                                       | DESIGN

rival claims
    unknown left                  -> released                                     | SA-IG
    ownerless offered held passing carried frozen
                                  -> released + disputed + disputed               | DESIGN
    assigned                      -> released + disputed + disputed               | DESIGN
    ready blocked                 -> released + discharged + terminal_released
                                     + customs_status_set + disputed + disputed
                                                            | INFERRED reports_carry_over
    expired deleted               -> released + discharged + terminal_released
                                     + customs_status_set
                                                            | INFERRED reports_carry_over
    disputed contested            -> no: already_released                         | IRP
    stuck                         -> parked                                       | DESIGN
    moved                         -> released                                     | DESIGN

agent prolongs
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen disputed contested moved
                                  -> updated                                      | NOT-TERM
    expired                       -> updated
                                                            | INFERRED update_revives
    deleted                       -> no: release_deleted                          | SA
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

rival prolongs
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired moved deleted
    left
                                  -> no: not_the_agent                            | SA
    disputed contested            -> updated                                      | SA
    stuck                         -> parked                                       | DESIGN

agent moves
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried frozen moved
                                  -> updated                                      | VAR
    assigned ready blocked        -> pickup_ended: terminal_changed + updated     | OURS
    disputed contested            -> pickup_ended: terminal_changed + updated
                                     + dispute_settled + dispute_settled          | DESIGN
    expired                       -> no: expiry_in_the_past                       | OURS
    deleted                       -> no: release_deleted                          | SA
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

agent blocks
    unknown                       -> waiting                                      | IRP
    ownerless                     -> blocked                                      | SA
    offered held passing carried frozen moved
                                  -> blocked
                                                            | INFERRED block_drops_chain
    assigned ready blocked disputed contested
                                  -> blocked
                                                            | INFERRED block_ends_pickup
    expired                       -> no: release_expired                          | NOT-OV
    deleted                       -> no: release_deleted                          | SA
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

rival blocks
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired moved deleted
    left
                                  -> no: not_the_agent                            | SA
    disputed contested            -> blocked                                      | SA
    stuck                         -> parked                                       | DESIGN

agent unblocks
    unknown                       -> waiting                                      | IRP
    blocked frozen                -> unblocked                                    | SA
    ownerless offered held passing carried assigned ready disputed contested moved
                                  -> no: release_not_blocked                      | OURS
    expired                       -> no: release_expired                          | NOT-OV
    deleted                       -> no: release_deleted                          | SA
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

rival unblocks
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired moved deleted
    left
                                  -> no: not_the_agent                            | SA
    disputed contested            -> no: release_not_blocked                      | OURS
    stuck                         -> parked                                       | DESIGN

agent revokes
    unknown                       -> waiting                                      | IRP
    ownerless                     -> no: nothing_to_revoke                        | OURS
    offered held passing carried frozen moved
                                  -> chain_revoked                                | SA
    assigned ready blocked disputed contested
                                  -> chain_revoked
                                     + pickup_ended: release_revoked
                                                            | DESIGN key_falls_with_chain
    expired                       -> chain_revoked                                | SA
    deleted                       -> no: release_deleted                          | SA
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

rival revokes
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen moved
                                  -> no: not_the_holder                           | RP
    disputed contested            -> no: nothing_to_revoke                        | OURS
    expired                       -> no: release_expired                          | NOT-OV
    deleted                       -> no: release_deleted                          | SA
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

agent deletes
    unknown                       -> waiting                                      | IRP
    ownerless                     -> deleted                                      | SA
    offered held passing carried frozen expired moved
                                  -> deleted
                                                            | INFERRED chain_falls_with_release
    assigned ready blocked        -> deleted + pickup_ended: release_deleted
                                                            | DESIGN key_falls_with_chain
    disputed contested            -> deleted + pickup_ended: release_deleted
                                     + dispute_settled
                                                            | DESIGN key_falls_with_chain
    deleted                       -> no: release_deleted                          | SA
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

rival deletes
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired moved deleted
    left
                                  -> no: not_the_agent                            | SA
    disputed contested            -> deleted + dispute_settled                    | DESIGN
    stuck                         -> parked                                       | DESIGN

agent transfers_to_forwarder
    unknown                       -> waiting                                      | IRP
    ownerless                     -> transferred                                  | SA
    offered                       -> no: transfer_pending                         | NOT-OV
    held passing carried assigned ready disputed contested moved
                                  -> no: not_the_holder                           | RP
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

rival transfers_to_forwarder
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready moved
                                  -> no: not_the_holder                           | RP
    disputed contested            -> transferred                                  | SA
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

# ------------------------------------------------------------------ the release right on its way

forwarder transfers_to_haulier
    unknown                       -> waiting                                      | IRP
    held                          -> transferred                                  | NOT-OV
    passing                       -> no: transfer_pending                         | NOT-OV
    ownerless offered carried assigned ready disputed contested moved
                                  -> no: not_the_holder                           | RP
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

haulier transfers_to_forwarder
    unknown                       -> waiting                                      | IRP
    carried moved                 -> transferred
                                                            | INFERRED right_may_go_back
    assigned ready disputed contested
                                  -> no: pickup_assigned
                                                            | INFERRED assigned_right_moves
    ownerless offered held passing
                                  -> no: not_the_holder                           | RP
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

haulier transfers_to_other_haulier
    unknown                       -> waiting                                      | IRP
    carried moved                 -> transferred                                  | TO
    assigned ready disputed contested
                                  -> no: pickup_assigned
                                                            | INFERRED assigned_right_moves
    ownerless offered held passing
                                  -> no: not_the_holder                           | RP
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

other_haulier transfers_to_haulier
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready moved
                                  -> no: not_the_holder                           | RP
    disputed contested            -> no: several_releases                         | V3.11
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

forwarder accepts
    unknown                       -> waiting                                      | IRP
    offered                       -> accepted                                     | NOT-OV
    passing                       -> no: not_the_receiver                         | NOT-OV
    ownerless held carried assigned ready disputed contested moved
                                  -> no: no_transfer_pending                      | NOT-OV
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

haulier accepts
    unknown                       -> waiting                                      | IRP
    passing                       -> accepted                                     | NOT-OV
    offered                       -> no: not_the_receiver                         | NOT-OV
    ownerless held carried assigned ready disputed contested moved
                                  -> no: no_transfer_pending                      | NOT-OV
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

other_haulier accepts
    unknown                       -> waiting                                      | IRP
    offered passing               -> no: not_the_receiver                         | NOT-OV
    ownerless held carried assigned ready moved
                                  -> no: no_transfer_pending                      | NOT-OV
    disputed contested            -> no: several_releases                         | V3.11
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

forwarder declines
    unknown                       -> waiting                                      | IRP
    offered                       -> declined                                     | NOT-OV
    frozen                        -> declined                                     | OURS
    passing                       -> no: not_the_receiver                         | NOT-OV
    ownerless held carried assigned ready blocked disputed contested moved
                                  -> no: no_transfer_pending                      | NOT-OV
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

haulier declines
    unknown                       -> waiting                                      | IRP
    passing                       -> declined                                     | NOT-OV
    offered frozen                -> no: not_the_receiver                         | NOT-OV
    ownerless held carried assigned ready blocked disputed contested moved
                                  -> no: no_transfer_pending                      | NOT-OV
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

other_haulier declines
    unknown                       -> waiting                                      | IRP
    offered passing frozen        -> no: not_the_receiver                         | NOT-OV
    ownerless held carried assigned ready blocked moved
                                  -> no: no_transfer_pending                      | NOT-OV
    disputed contested            -> no: several_releases                         | V3.11
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

forwarder revokes
    unknown                       -> waiting                                      | IRP
    passing                       -> transfer_revoked                             | RP
    held                          -> no: nothing_to_revoke                        | OURS
    carried assigned ready blocked disputed contested moved
                                  -> no: transfer_already_accepted
                                                            | DESIGN accepted_is_not_revocable
    ownerless offered frozen      -> no: not_the_holder                           | RP
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

haulier revokes
    unknown                       -> waiting                                      | IRP
    carried assigned ready blocked disputed contested moved
                                  -> no: nothing_to_revoke                        | OURS
    ownerless offered held passing frozen
                                  -> no: not_the_holder                           | RP
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

other_haulier revokes
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen moved
                                  -> no: not_the_holder                           | RP
    disputed contested            -> no: several_releases                         | V3.11
    expired                       -> no: release_expired
                                                            | INFERRED expired_chain_moves
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

# ---------------------------------------------------------------------------- the pick-up right

haulier assigns
    unknown                       -> waiting                                      | IRP
    carried moved                 -> pickup_assigned                              | TO
    assigned ready                -> no: pickup_assigned                          | DESIGN
    ownerless offered held passing
                                  -> no: not_the_holder
                                                            | DESIGN accepted_holder_assigns
    disputed contested            -> no: release_disputed                         | DESIGN
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired                          | NOT-OV
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

other_haulier assigns
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready moved
                                  -> no: not_the_holder                           | TO
    disputed contested            -> no: several_releases                         | V3.11
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired                          | NOT-OV
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

forwarder assigns
    unknown ownerless offered held passing carried assigned ready blocked frozen expired
    disputed contested moved deleted left stuck
                                  -> no: role_not_allowed
                                                            | INFERRED release_party_assigns

haulier names_another_driver
    unknown                       -> waiting                                      | IRP
    assigned ready                -> pickup_ended: replaced + pickup_assigned
                                                            | DESIGN one_driver_at_a_time
    carried moved                 -> no: no_pickup_assigned                       | OURS
    ownerless offered held passing
                                  -> no: not_the_holder
                                                            | DESIGN accepted_holder_assigns
    disputed contested            -> no: release_disputed                         | DESIGN
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired                          | NOT-OV
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

other_haulier names_another_driver
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready moved
                                  -> no: not_the_holder                           | TO
    disputed contested            -> no: several_releases                         | V3.11
    blocked frozen                -> no: release_blocked
                                                            | INFERRED blocked_chain_moves
    expired                       -> no: release_expired                          | NOT-OV
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

haulier means_to_go_by_barge
    unknown                       -> waiting                                      | IRP
    carried moved                 -> means_of_transport_set                       | OAS
    assigned ready blocked disputed contested
                                  -> means_of_transport_set
                                     + finding: transport_differs
                                                            | INFERRED transport_binds_pickup
    ownerless offered held passing frozen
                                  -> no: not_the_holder                           | OAS
    expired                       -> no: release_expired                          | NOT-OV
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

forwarder means_to_go_by_barge
    unknown                       -> waiting                                      | IRP
    held passing                  -> means_of_transport_set
                                                            | INFERRED release_party_sets_transport
    ownerless offered carried assigned ready blocked frozen disputed contested moved
                                  -> no: not_the_holder                           | OAS
    expired                       -> no: release_expired                          | NOT-OV
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

haulier revokes_pickup
    unknown                       -> waiting                                      | IRP
    assigned ready blocked disputed contested
                                  -> pickup_ended: revoked                        | OAS
    carried expired moved         -> no: no_pickup_assigned                       | OURS
    ownerless offered held passing frozen
                                  -> no: not_the_holder                           | OAS
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

other_haulier revokes_pickup
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired moved
                                  -> no: not_the_holder                           | OAS
    disputed contested            -> no: several_releases                         | V3.11
    deleted                       -> no: release_deleted
                                                            | INFERRED chain_falls_with_release
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

forwarder revokes_pickup
    unknown ownerless offered held passing carried assigned ready blocked frozen expired
    disputed contested moved deleted left stuck
                                  -> no: role_not_allowed
                                                            | INFERRED release_party_assigns

# --------------------------------------------------- notes beside the stay: no light, no right

haulier asks_for_a_slot
    unknown                       -> waiting                                      | DESIGN
    passing carried assigned ready blocked expired disputed contested moved
                                  -> note_added                                   | OURS
    ownerless offered held frozen -> no: not_the_holder                           | OURS
    deleted                       -> no: release_deleted                          | OURS
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

terminal confirms_a_slot
    unknown moved                 -> waiting                                      | DESIGN
    ownerless offered held passing carried assigned ready blocked frozen expired
                                  -> note_added                                   | OURS
    disputed contested            -> no: several_releases                         | V3.11
    deleted                       -> no: release_deleted                          | OURS
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

agent notes_dangerous_goods
    unknown                       -> waiting                                      | DESIGN
    ownerless offered held passing carried assigned ready blocked frozen expired disputed contested
    moved                         -> note_added                                   | OURS
    deleted                       -> no: release_deleted                          | OURS
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

rival notes_dangerous_goods
    unknown                       -> waiting                                      | DESIGN
    ownerless offered held passing carried assigned ready blocked frozen expired moved deleted
    left
                                  -> no: not_the_agent                            | OURS
    disputed contested            -> note_added                                   | OURS
    stuck                         -> parked                                       | DESIGN

port misses_the_declaration
    unknown                       -> waiting                                      | DESIGN
    ownerless offered held passing carried assigned ready blocked frozen expired moved
                                  -> note_added                                   | OURS
    disputed contested            -> no: several_releases                         | V3.11
    deleted                       -> no: release_deleted                          | OURS
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

agent misses_the_declaration
    unknown ownerless offered held passing carried assigned ready blocked frozen expired disputed
    contested moved deleted left stuck
                                  -> no: role_not_allowed                         | OURS

forwarder announces_a_document
    unknown                       -> waiting                                      | DESIGN
    offered held passing carried assigned ready blocked frozen expired disputed contested moved
                                  -> note_added                                   | OURS
    ownerless                     -> no: not_the_holder                           | OURS
    deleted                       -> no: release_deleted                          | OURS
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

haulier takes_its_slot_back
    unknown                       -> waiting                                      | DESIGN
    ownerless offered held passing carried assigned ready blocked frozen expired moved
                                  -> no: no_such_note                             | OURS
    disputed contested            -> no: no_such_note                             | OURS
    deleted                       -> no: release_deleted                          | OURS
    left                          -> no: already_gated_out
                                                            | INFERRED nothing_after_gate_out
    stuck                         -> parked                                       | DESIGN

# ---------------------------------------------------------- the terminal: what happened, happened

terminal discharges
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired
                                  -> discharged                                   | TERM
    disputed contested            -> discharged + discharged                      | DESIGN
    deleted                       -> waiting                                      | OURS
    left                          -> discharged
                                                            | INFERRED late_reports
    stuck                         -> parked                                       | DESIGN
    moved                         -> waiting + finding: of_another_terminal       | OURS

terminal discharges_by_bill
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired
                                  -> discharged                                   | TERM
    disputed                      -> discharged + discharged                      | DESIGN
    contested                     -> discharged + finding: claim_contradicted
                                     + dispute_settled
                                               | INFERRED evidence_settles_disputes
    deleted                       -> waiting                                      | OURS
    left                          -> discharged                                   | OURS
    stuck                         -> parked                                       | DESIGN
    moved                         -> waiting + finding: of_another_terminal       | OURS

terminal discharges_neither
    unknown ownerless offered held passing carried assigned ready blocked frozen expired deleted
    left                          -> waiting                                      | OURS
    moved                         -> waiting                                      | OURS
    disputed contested            -> waiting + finding: evidence_contradicts
                                     + finding: evidence_contradicts              | DESIGN
    stuck                         -> parked                                       | DESIGN

terminal releases_at_terminal
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired
                                  -> terminal_released                            | OAS
    disputed contested            -> terminal_released + terminal_released        | DESIGN
    deleted                       -> waiting                                      | OURS
    left                          -> terminal_released
                                                            | INFERRED late_reports
    stuck                         -> parked                                       | DESIGN
    moved                         -> waiting + finding: of_another_terminal       | OURS

terminal blocks_at_terminal
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried frozen expired
                                  -> terminal_blocked                             | OAS
    assigned ready blocked        -> terminal_blocked
                                                            | INFERRED terminal_block_ends_pickup
    disputed contested            -> terminal_blocked + terminal_blocked
                                                            | INFERRED terminal_block_ends_pickup
    deleted                       -> waiting                                      | OURS
    left                          -> terminal_blocked
                                                            | INFERRED late_reports
    stuck                         -> parked                                       | DESIGN
    moved                         -> waiting + finding: of_another_terminal       | OURS

terminal orders_scan
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired
                                  -> scanning_ordered                             | OAS
    disputed contested            -> scanning_ordered + scanning_ordered          | DESIGN
    deleted                       -> waiting                                      | OURS
    left                          -> scanning_ordered
                                                            | INFERRED late_reports
    stuck                         -> parked                                       | DESIGN
    moved                         -> waiting + finding: of_another_terminal       | OURS

terminal unblocks_at_terminal
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired
                                  -> terminal_unblocked                           | V3.11
    disputed contested            -> terminal_unblocked + terminal_unblocked      | DESIGN
    deleted                       -> waiting                                      | OURS
    left                          -> terminal_unblocked
                                                            | INFERRED late_reports
    stuck                         -> parked                                       | DESIGN
    moved                         -> waiting + finding: of_another_terminal       | OURS

terminal gates_in
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired
                                  -> gated_in                                     | TERM
    disputed contested            -> gated_in + gated_in                          | DESIGN
    deleted                       -> waiting                                      | OURS
    left                          -> gated_in
                                                            | INFERRED late_reports
    stuck                         -> parked                                       | DESIGN
    moved                         -> waiting + finding: of_another_terminal       | OURS

terminal gates_out
    unknown                       -> finding: left_without_right                  | DESIGN
    ready                         -> gated_out + pickup_ended: picked_up          | EDI-OLD
    assigned                      -> gated_out + pickup_ended: picked_up
                                     + finding: terminal_overruled                | TERM-IG
    ownerless offered held passing carried expired deleted
                                  -> gated_out + finding: left_without_right
                                     + finding: terminal_overruled                | DESIGN
    blocked                       -> gated_out + pickup_ended: picked_up
                                     + finding: left_while_blocked                | DESIGN
    frozen                        -> gated_out + finding: left_without_right
                                     + finding: left_while_blocked
                                     + finding: terminal_overruled                | DESIGN
    disputed contested            -> gated_out + pickup_ended: picked_up
                                     + finding: terminal_overruled + gated_out    | DESIGN
    left                          -> finding: left_without_right                  | OURS
    stuck                         -> parked + finding: left_without_right         | DESIGN
    moved                         -> finding: left_without_right
                                     + finding: of_another_terminal               | DESIGN

neighbour gates_out
    unknown ownerless offered held passing carried assigned ready blocked frozen expired
    disputed contested moved deleted left stuck
                                  -> no: not_the_terminal                         | TERM

neighbour discharges_there
    unknown expired deleted left  -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen
                                  -> waiting + finding: of_another_terminal       | OURS
    disputed contested            -> waiting + finding: of_another_terminal
                                     + finding: of_another_terminal               | OURS
    stuck                         -> parked                                       | DESIGN
    moved                         -> discharged                                   | TERM

neighbour gates_out_there
    unknown expired deleted left  -> finding: left_without_right                  | DESIGN
    ownerless offered held passing carried assigned ready blocked frozen
                                  -> finding: left_without_right
                                     + finding: of_another_terminal               | DESIGN
    disputed contested            -> finding: left_without_right
                                     + finding: of_another_terminal
                                     + finding: of_another_terminal               | DESIGN
    stuck                         -> parked + finding: left_without_right         | DESIGN
    moved                         -> gated_out + finding: left_without_right
                                     + finding: terminal_overruled                | DESIGN

terminal confirms_the_end
    unknown ownerless offered held passing carried assigned ready blocked frozen expired
    disputed contested deleted left
                                  -> no: nothing_to_confirm                       | DESIGN
    moved                         -> pickup_end_confirmed                         | DESIGN
    stuck                         -> parked                                       | DESIGN

neighbour confirms_the_end
    unknown ownerless offered held passing carried assigned ready blocked frozen expired
    disputed contested moved deleted left stuck
                                  -> no: not_the_terminal                         | TERM

terminal gates_out_with_another
    unknown left                  -> finding: left_without_right                  | DESIGN
    ready                         -> gated_out + pickup_ended: picked_up
                                     + finding: left_by_another                   | MPET
    assigned                      -> gated_out + pickup_ended: picked_up
                                     + finding: left_by_another
                                     + finding: terminal_overruled                | MPET
    ownerless offered held passing carried expired deleted
                                  -> gated_out + finding: left_without_right
                                     + finding: terminal_overruled                | DESIGN
    blocked                       -> gated_out + pickup_ended: picked_up
                                     + finding: left_by_another
                                     + finding: left_while_blocked                | DESIGN
    frozen                        -> gated_out + finding: left_without_right
                                     + finding: left_while_blocked
                                     + finding: terminal_overruled                | DESIGN
    disputed contested            -> gated_out + pickup_ended: picked_up
                                     + finding: left_by_another
                                     + finding: terminal_overruled + gated_out    | DESIGN
    moved                         -> finding: left_without_right
                                     + finding: of_another_terminal               | DESIGN
    stuck                         -> parked + finding: left_without_right         | DESIGN

terminal overrules_and_gates_out
    unknown left                  -> finding: left_without_right                  | DESIGN
    assigned ready                -> gated_out + pickup_ended: picked_up
                                     + finding: terminal_overruled                | TERM-IG
    ownerless offered held passing carried expired deleted
                                  -> gated_out + finding: left_without_right
                                     + finding: terminal_overruled                | TERM-IG
    blocked                       -> gated_out + pickup_ended: picked_up
                                     + finding: left_while_blocked
                                     + finding: terminal_overruled                | TERM-IG
    frozen                        -> gated_out + finding: left_without_right
                                     + finding: left_while_blocked
                                     + finding: terminal_overruled                | TERM-IG
    disputed contested            -> gated_out + pickup_ended: picked_up
                                     + finding: terminal_overruled + gated_out    | TERM-IG
    moved                         -> finding: left_without_right
                                     + finding: of_another_terminal               | DESIGN
    stuck                         -> parked + finding: left_without_right         | DESIGN

# ------------------------------------------------------------------------------------- customs

customs clears
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired moved
                                  -> customs_status_set                           | CUSTL
    disputed contested            -> customs_status_set + customs_status_set      | DESIGN
    deleted                       -> waiting                                      | OURS
    left                          -> customs_status_set
                                                            | INFERRED late_reports
    stuck                         -> parked                                       | DESIGN

customs clears_by_bill
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired moved
                                  -> customs_status_set                           | CUSTL
    disputed                      -> customs_status_set + customs_status_set      | DESIGN
    contested                     -> customs_status_set + finding: claim_contradicted
                                     + dispute_settled
                                               | INFERRED evidence_settles_disputes
    deleted                       -> waiting                                      | OURS
    left                          -> customs_status_set                           | OURS
    stuck                         -> parked                                       | DESIGN

customs clears_for_transhipment
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired moved
                                  -> customs_status_set                           | CUSTL
    disputed contested            -> customs_status_set + customs_status_set      | DESIGN
    deleted                       -> waiting                                      | OURS
    left                          -> customs_status_set
                                                            | INFERRED late_reports
    stuck                         -> parked                                       | DESIGN

customs controls_documents
    unknown                       -> waiting                                      | IRP
    ownerless offered held passing carried assigned ready blocked frozen expired moved
                                  -> customs_status_set                           | CUSTL
    disputed contested            -> customs_status_set + customs_status_set      | DESIGN
    deleted                       -> waiting                                      | OURS
    left                          -> customs_status_set
                                                            | INFERRED late_reports
    stuck                         -> parked                                       | DESIGN

terminal clears
    unknown ownerless offered held passing carried assigned ready blocked frozen expired
    disputed contested moved deleted left stuck
                                  -> no: role_not_allowed                         | CUSTL

# --------------------------- another port's system: here the ledger decides (system_table.py)

portbase observes
    unknown ownerless offered held passing carried assigned ready blocked frozen expired disputed
    contested
    moved deleted left stuck      -> no: not_the_system                             | DESIGN

portbase answers
    unknown ownerless offered held passing carried assigned ready blocked frozen expired disputed
    contested
    moved deleted left stuck      -> no: not_the_system                             | DESIGN

# ----------------------------------------------------------------------- who is nobody, and time

unregistered accepts
    unknown ownerless offered held passing carried assigned ready blocked frozen expired
    disputed contested moved deleted left stuck
                                  -> no: sender_unknown                           | REG

time passes_the_pickup
    unknown ownerless offered held passing carried frozen expired deleted left
                                  -> -                                            | DESIGN
    assigned ready blocked disputed contested stuck
                                  -> pickup_ended: ran_out                        | OURS
    moved                         -> confirmation_lapsed
                                                           | INFERRED previous_quay_confirms_within

time passes_the_expiry
    unknown expired deleted left  -> -                                            | DESIGN
    ownerless offered held passing carried frozen
                                  -> expired                                      | NOT-OV
    assigned ready blocked stuck  -> expired + pickup_ended: release_expired
                                                            | DESIGN key_falls_with_chain
    disputed contested            -> expired + pickup_ended: release_expired
                                     + expired
                                                            | DESIGN key_falls_with_chain
    moved                         -> expired + confirmation_lapsed
                                     + entitlement_withdrawn
                                                           | INFERRED previous_quay_confirms_within
"""
