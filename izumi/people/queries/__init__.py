"""Reading people: actors with their audience keys, cards, public facts, look-ups by number."""

from __future__ import annotations

from izumi.people.queries.actors import (
    SESSION_PERSON,
    SESSION_STAMP,
    SessionLike,
    actor_for,
    actor_for_token,
    actor_of_session,
    organisations_below,
    session_stamp,
)
from izumi.people.queries.calls import call, call_card, calls, calls_of, round_, round_card, rounds_of
from izumi.people.queries.cards import (
    card,
    cards,
    cards_of,
    group,
    organisation,
    organisation_by_ror,
    organisation_cards,
    organisations,
    own_card,
    person_id_of,
    primary_organisation,
)
from izumi.people.queries.facts import parties, public_facts, review_of
from izumi.people.queries.holders import holders
from izumi.people.queries.projects import (
    may_know_no_plan,
    plan_terms,
    programme,
    programme_cards,
    programmes,
    project,
    project_cards,
    project_ids,
    project_titles,
    projects,
    projects_by_number,
    projects_of,
    projects_of_organisation,
    projects_of_programme,
)
from izumi.people.queries.roles import may_know_members, role_card, roles_in, roles_of, token_card, tokens_of
from izumi.people.queries.warnings import number_warning, project_warnings

__all__ = [
    "SESSION_PERSON", "SESSION_STAMP", "SessionLike", "actor_for", "actor_for_token", "actor_of_session", "call", "call_card",
    "calls", "calls_of", "card", "cards", "cards_of", "group", "holders", "may_know_members", "may_know_no_plan", "number_warning", "organisation",
    "organisation_by_ror", "organisation_cards", "organisations", "organisations_below", "own_card", "parties", "person_id_of", "plan_terms",
    "primary_organisation", "programme", "programme_cards", "programmes", "project", "project_cards", "project_ids", "project_titles",
    "project_warnings", "projects", "projects_by_number", "projects_of", "projects_of_organisation", "projects_of_programme", "public_facts", "review_of",
    "role_card",
    "roles_in", "roles_of", "round_", "round_card", "rounds_of", "session_stamp", "token_card", "tokens_of",
]  # fmt: skip
