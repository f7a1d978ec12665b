"""Use cases: async, without HTTP. Each tells one story from the store's promises."""
