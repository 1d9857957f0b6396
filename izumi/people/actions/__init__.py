"""Every write about people: one function, one use case, one transaction."""

from __future__ import annotations

from izumi.people.actions.accounts import (
    accept_invitation,
    ask_password_reset,
    deactivate,
    end_sessions,
    invite,
    reset_password,
    set_password,
    sign_in,
    update_profile,
)
from izumi.people.actions.funding import add_call, add_programme, add_round, update_call, update_programme
from izumi.people.actions.importing import import_projects
from izumi.people.actions.projects import add_number, add_project, exempt_project, update_project
from izumi.people.actions.register import add_group, add_organisation, add_person
from izumi.people.actions.roles import assign_role, end_role
from izumi.people.actions.tokens import create_token, revoke_token
from izumi.people.mail import queue_mail

__all__ = [
    "accept_invitation", "add_call", "add_group", "add_number", "add_organisation", "add_person", "add_programme", "add_project",
    "add_round", "ask_password_reset", "assign_role", "create_token", "deactivate", "end_role", "end_sessions", "exempt_project",
    "import_projects", "invite", "queue_mail", "reset_password", "revoke_token", "set_password", "sign_in", "update_call", "update_profile",
    "update_programme", "update_project",
]  # fmt: skip
