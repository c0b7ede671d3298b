# syntax=docker/dockerfile:1
# The whole product in one image; compose.yaml and docs/operations.md tell how it is run.
# Everything that is installed stands with its hash in requirements/runtime.txt.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/newsletter
# The dependencies first: a change of the program alone builds from here.
COPY requirements/runtime.txt requirements/runtime.txt
RUN /opt/newsletter/bin/python -m pip install --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE config.yaml ./
COPY newsletter newsletter
COPY templates templates
COPY prompts prompts
RUN /opt/newsletter/bin/python -m pip install --no-deps --no-build-isolation . \
    && /opt/newsletter/bin/python -m compileall -q /opt/newsletter/lib \
    && /opt/newsletter/bin/python -P -m newsletter.patterns

FROM python:3.11-slim-bookworm
# Nothing is written outside the workspace and /tmp: the root may be mounted read-only.
ENV PATH=/opt/newsletter/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOME=/tmp MPLCONFIGDIR=/tmp/matplotlib NEWSLETTER_CONFIG=/srv/newsletter/config.yaml
RUN groupadd --gid 10001 newsletter \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin newsletter \
    && install -d -o 10001 -g 10001 -m 0750 /srv/newsletter /srv/backups
COPY --from=build /opt/newsletter /opt/newsletter
USER 10001:10001
WORKDIR /srv/newsletter
VOLUME ["/srv/newsletter", "/srv/backups"]
EXPOSE 8800 8801 9464
# Stopping takes ten seconds at most, and a little for the machine.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9464/readyz', timeout=4)"]
ENTRYPOINT ["newsletter"]
CMD ["serve"]
