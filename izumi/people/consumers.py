"""What follows from the journal for people: notices, and the mails that bring them."""

from __future__ import annotations

from izumi.kernel import notices
from izumi.kernel.journal import Event, consumer
from izumi.people import notice_mail
from izumi.people.actions.notices import keep, settle
from izumi.people.models import NoticeRow


@consumer("notices", verbs=notices.verbs())
def tell(events: list[Event]) -> None:
    """Make the notices of a batch and queue their mails; a batch that comes again makes nothing twice."""
    made = notices.made_of(events)
    if made:
        keep(made)
    for event in events:
        kinds, about = notices.settled_by(event)
        if kinds:
            settle(kinds, about, before=event.seq)
    if not made:
        return
    waiting = NoticeRow.objects.filter(event__in={notice.event.seq for notice in made}, mailed_at=None)
    notice_mail.queue_mails(list(waiting.values_list("person_id", "kind").distinct()))
