"""Limits on attempts to sign in or to have a link sent, by account and by address, in machine time.

Accounts that do not exist are counted like those that do, so the answer never tells which is which.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.crypto import salted_hmac

from izumi.kernel import clock
from izumi.kernel.errors import TooMuch
from izumi.people import rules
from izumi.people.models import LoginAttempt

WINDOW = timedelta(minutes=15)
FAILURES_OF_ACCOUNT = 10
FAILURES_OF_ADDRESS = 60
LINKS_WINDOW = timedelta(hours=1)
LINKS_OF_ACCOUNT = 5
LINKS_OF_ADDRESS = 20


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries, as keyed digests: neither addresses nor mistyped passwords are stored in the clear."""

    account: str
    address: str

    @classmethod
    def of(cls, account: str, address: str) -> Attempt:
        """The attempt of a (typed) account name from a network address."""
        return cls(_digest("account", rules.folded(account)), _digest("address", address))

    def require_sign_in(self) -> None:
        """Raise ``TooMuch`` (429) when this account or this address failed too often lately."""
        since = clock.machine_now() - WINDOW
        rows = LoginAttempt.objects.filter(purpose="sign_in", at__gt=since)
        failures = rows.filter(succeeded=False)
        last_ok = rows.filter(account=self.account, succeeded=True).order_by("-at").values_list("at", flat=True).first()
        of_account = failures.filter(account=self.account, **({"at__gt": last_ok} if last_ok else {}))
        of_address = failures.filter(address=self.address)
        if of_account.count() >= FAILURES_OF_ACCOUNT or of_address.count() >= FAILURES_OF_ADDRESS:
            raise TooMuch("session.too_many_attempts", retry_after=int(WINDOW.total_seconds()))

    def may_have_link(self) -> bool:
        """Whether a link may be sent for this account; raises ``TooMuch`` when the address asks too often."""
        rows = LoginAttempt.objects.filter(purpose="link", at__gt=clock.machine_now() - LINKS_WINDOW)
        if rows.filter(address=self.address).count() >= LINKS_OF_ADDRESS:
            raise TooMuch("session.too_many_attempts", retry_after=int(LINKS_WINDOW.total_seconds()))
        return rows.filter(account=self.account).count() < LINKS_OF_ACCOUNT

    def record(self, *, purpose: str = "sign_in", succeeded: bool = False) -> None:
        """Count it (step inside an open work)."""
        LoginAttempt.objects.create(
            account=self.account, address=self.address, purpose=purpose, succeeded=succeeded, at=clock.machine_now()
        )


def _digest(kind: str, value: str) -> str:
    return salted_hmac(f"izumi.people.{kind}", value[:300], algorithm="sha256").hexdigest()
