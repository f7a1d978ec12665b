# Two stages: the wheel is built in one, and the other holds only what runs.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY app app
COPY templates templates
COPY static static
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir -r requirements.lock \
 && /venv/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
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
