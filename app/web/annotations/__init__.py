"""The annotation of captures: pin, note and tags."""
