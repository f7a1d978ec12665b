"""The guide in `docs/`: the parts that are made from the source, its links, and that nothing is missing in it."""
