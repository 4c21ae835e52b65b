# The portal as one image; docker-compose.yml starts web, worker, beat and migrate from it.
FROM python:3.13-slim AS packages
COPY requirements.txt /
RUN python -m venv /venv && \
    /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent portal
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/app/var
WORKDIR /app
COPY . .
# Keys that live for this one line: collecting static files seals nothing.
RUN python -m compileall -q . && \
    SECRET_KEY=build ENCRYPTION_KEYS=build LOOKUP_KEYS=build SITE_URL=https://localhost \
    python manage.py collectstatic --no-input --verbosity 0
USER portal
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "manage.py", "serve", "--bind", "0.0.0.0", "--port", "8000"]
