# An image with necp-replay alone. Mount a project at /project:
#
#   docker build -t necp-replay .
#   docker run --rm -v "$PWD:/project" necp-replay replay traces
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md CHANGELOG.md LICENSE MANIFEST.in ./
COPY docs docs
COPY schemas schemas
COPY traces traces
COPY necp_replay necp_replay
RUN python -m venv /opt/necp-replay \
    && /opt/necp-replay/bin/pip install --no-cache-dir '/source[completion,dask]'

FROM python:3.13-slim
COPY --from=build /opt/necp-replay /opt/necp-replay
ENV PATH=/opt/necp-replay/bin:$PATH NECP_REPLAY_CACHE=/cache
# Files that it writes belong to the user that `docker run --user` names, else to this one.
RUN useradd --create-home necp && install -d -m 700 -o necp /cache
USER necp
WORKDIR /project
ENTRYPOINT ["necp-replay"]
CMD ["--help"]
