"""What a port's system may say and our parties may ask, against where a request stands: by hand.

Read as table.py. The states and what comes stand in system_world.py: Rotterdam, a release that the
forwarder holds and asks to pass on to the haulier. The cells name their source:
DESIGN    design.md §4, authority of record
OURS      the default chosen here (docs/decisions), for an owner to confirm
With a name behind it: what domain/cpu.md marks as INFERRED and holds here too (inferences.py)
"""

SOURCES = frozenset(
    {
        "DESIGN",
        "OURS",
        "DESIGN key_falls_with_chain",
        "INFERRED nothing_after_gate_out",
    }
)

TABLE = """
# ----------------------------------------------------------------- what the system answers

portbase accepts
    sent overdue seen       -> request_answered + transferred                        | DESIGN
    done                    -> request_answered                                      | OURS
    accepted assigned       -> request_answered                                      | OURS
    rejected                -> finding: contradictory_answer + confirmation_lost     | OURS
    gone                    -> request_answered + finding: accepted_otherwise        | OURS
    unasked                 -> finding: unasked_answer                               | OURS

portbase rejects
    sent overdue seen done gone
                            -> request_answered                                      | DESIGN
    rejected                -> request_answered                                      | OURS
    accepted assigned       -> finding: contradictory_answer + confirmation_lost     | OURS
    unasked                 -> finding: unasked_answer                               | OURS

# --------------------------------------------------------- what it shows: never refused, it stands

portbase shows_it_moved
    unasked sent overdue seen done accepted rejected assigned gone
                            -> release_observed                                      | DESIGN

portbase shows_another_holder
    unasked sent overdue seen done accepted rejected gone
                            -> release_observed                                      | DESIGN
    assigned                -> pickup_ended: revoked + release_observed
                                                    | DESIGN key_falls_with_chain

portbase shows_no_holder
    unasked sent overdue seen done accepted rejected gone
                            -> release_observed                                      | DESIGN
    assigned                -> pickup_ended: revoked + release_observed
                                                    | DESIGN key_falls_with_chain

portbase shows_it_offered
    unasked sent overdue seen done accepted rejected gone
                            -> release_observed                                      | DESIGN
    assigned                -> pickup_ended: revoked + release_observed
                                                    | DESIGN key_falls_with_chain

portbase shows_it_expired
    unasked sent overdue seen done accepted rejected gone
                            -> release_observed                                      | DESIGN
    assigned                -> pickup_ended: release_expired + release_observed
                                                    | DESIGN key_falls_with_chain

portbase shows_it_blocked
    unasked sent overdue seen done accepted rejected assigned gone
                            -> release_observed                                      | DESIGN

portbase shows_it_withdrawn
    unasked sent overdue seen done accepted rejected gone
                            -> release_observed                                      | DESIGN
    assigned                -> pickup_ended: release_deleted + release_observed
                                                    | DESIGN key_falls_with_chain

portbase shows_a_light
    unasked sent overdue seen done accepted rejected
                            -> release_observed + customs_status_set                 | DESIGN
    assigned gone           -> release_observed                                      | OURS

portbase shows_the_past
    unasked sent overdue seen done accepted rejected assigned
                            -> finding: stale_observation + confirmation_lost        | OURS
    gone                    -> finding: stale_observation                            | OURS

portbase shows_it_left
    unasked sent overdue seen done accepted rejected
                            -> release_observed + gated_out
                               + finding: left_without_right
                               + finding: terminal_overruled                         | DESIGN
    assigned                -> release_observed + gated_out + pickup_ended: picked_up | DESIGN
    gone                    -> release_observed                                      | DESIGN

portbase shows_it_there
    unasked sent overdue seen done accepted rejected assigned
                            -> release_observed                                      | DESIGN
    gone                    -> release_observed + finding: observed_otherwise        | DESIGN

# --------------------------------------- what is asked of it: the ledger looks at the sender alone

forwarder transfers
    unasked sent overdue seen done accepted rejected assigned
                            -> request_made                                          | DESIGN
    gone                    -> no: already_gated_out
                                                    | INFERRED nothing_after_gate_out

forwarder transfers_to_nobody
    unasked sent overdue seen done accepted rejected assigned
                            -> no: receiver_unknown                                  | OURS
    gone                    -> no: already_gated_out
                                                    | INFERRED nothing_after_gate_out

agent blocks
    unasked sent overdue seen done accepted rejected assigned
                            -> request_made                                          | DESIGN
    gone                    -> no: already_gated_out
                                                    | INFERRED nothing_after_gate_out

forwarder blocks
    unasked sent overdue seen done accepted rejected assigned gone
                            -> no: role_not_allowed                                  | DESIGN

agent releases
    unasked sent overdue seen done accepted rejected assigned gone
                            -> request_made                                          | DESIGN

other_haulier assigns
    unasked sent overdue seen done accepted rejected assigned
                            -> no: not_the_holder                                    | DESIGN
    gone                    -> no: already_gated_out
                                                    | INFERRED nothing_after_gate_out

# ------------------------------------------------------------ physical facts: as in every port

terminal gates_out
    unasked sent overdue seen done accepted rejected
                            -> gated_out + finding: left_without_right
                               + finding: terminal_overruled                         | DESIGN
    assigned                -> gated_out + pickup_ended: picked_up                   | DESIGN
    gone                    -> gated_out                                             | DESIGN

terminal blocks
    unasked sent overdue seen done accepted rejected assigned gone
                            -> terminal_blocked                                      | DESIGN

# -------- time: it tells what is overdue, and ends a pick-up right; the release stands as told

time passes
    sent seen done gone     -> request_overdue                                       | DESIGN
    unasked overdue accepted rejected assigned
                            -> -                                                     | OURS

time passes_the_expiry
    sent seen done gone     -> request_overdue                                       | DESIGN
    unasked overdue accepted rejected
                            -> -                                                     | OURS
    assigned                -> pickup_ended: release_expired
                                                    | DESIGN key_falls_with_chain
"""
