"""Pure: the words of smsbin as frozen values. Nothing here reads, waits or knows about HTTP servers."""
