# Two stages: the first builds the wheel, the second contains only the installed server.
# The digest is that of the index for all platforms; Dependabot updates it with the tag. To look it up:
#   docker buildx imagetools inspect python:3.13-slim-trixie
FROM python:3.13.15-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements.lock requirements-build.lock pyproject.toml README.md LICENSE ./
COPY app app
COPY docs docs
COPY templates templates
COPY static static
# Everything is installed with its hash, the build dependencies too. The environment of the server gets no pip. The lock
# has the driver of PostgreSQL, which is optional elsewhere.
RUN python -m venv /build \
 && /build/bin/pip install --require-hashes -r requirements-build.lock \
 && /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
 && python -m venv --without-pip /venv \
 && /build/bin/pip --python /venv/bin/python install --require-hashes -r requirements.lock \
 && /build/bin/pip --python /venv/bin/python install --no-deps --no-index /dist/*.whl

FROM python:3.13.15-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
LABEL org.opencontainers.image.title="smsbin" \
      org.opencontainers.image.description="A self-hosted inspector for SMS webhooks" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /venv /venv
RUN install -d -o 10001 -g 10001 -m 700 /data
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SMSBIN_HOST=0.0.0.0 \
    SMSBIN_DATA_DIR=/data \
    SMSBIN_LOG_FORMAT=json
USER 10001:10001
VOLUME /data
EXPOSE 8010
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=10s CMD ["smsbin", "healthcheck"]
ENTRYPOINT ["smsbin"]
CMD ["serve"]
