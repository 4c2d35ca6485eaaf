# The product without its database and queue: those are servers of their own (docker-compose.yml).
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/bootstrap.txt requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary=:all: --target /tools -r requirements/bootstrap.txt \
 && /tools/bin/uv venv /venv \
 && /tools/bin/uv pip sync --no-cache --no-build --require-hashes --compile-bytecode --python /venv/bin/python requirements/runtime.txt
COPY manage.py LICENSE ./
COPY governance governance
COPY listings listings
COPY enforcement enforcement
COPY investigations investigations
COPY templates templates
COPY static static
COPY locale locale
RUN /venv/bin/python -m governance.cli.catalogues \
 && /venv/bin/python -m compileall -q governance listings enforcement investigations

FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home governance \
 && install -d -o governance -g governance -m 0700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=governance.settings \
    GOVERNANCE_STATE=/data
USER governance
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["gunicorn", "governance.wsgi", "--bind", "0.0.0.0:8000", "--workers", "1", "--threads", "8", "--no-control-socket"]
