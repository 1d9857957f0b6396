"""「ひと目で見る」: the first files that can be shown, under the same right as the files themselves."""

from __future__ import annotations

from izumi.records.pages.file_list import FileList
from izumi.records.types import RecordView


def pictures(view: RecordView, files: FileList) -> tuple[object, ...]:
    """Up to five previews; the first one large."""
    return ()
