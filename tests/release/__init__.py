"""`make release VERSION=x.y.z` and `make dist TAG=vx.y.z`.

The first prepares a release in a clean checkout: the version in `app/__init__.py`, the dated section in the changelog,
and the files of the second. A person looks at it, commits and tags. The second builds what is published, from a tag:
wheel, source distribution, and `docker-bake.json`, the build file of the image. The same commit gives the same wheel,
byte for byte, wherever it is built.
"""
