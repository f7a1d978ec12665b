"""smsbin that does not tell other servers what has changed; they find it by polling."""

from app.commands import main
from app.storage.postgres.notices import ServerNotices

if __name__ == "__main__":
    ServerNotices.grew = ServerNotices.changed = lambda *_: None  # type: ignore[method-assign]
    main()
