# The production image: web, worker and beat run from it with different commands (docker-compose.yml).
# The embedded database, broker and Node stay out: only requirements/base.txt is installed.

FROM node:24-slim AS browser
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci

FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/base.txt

FROM base AS build
COPY . .
COPY --from=browser /app/node_modules node_modules
# The settings ask for these to be there; nothing is connected to and nothing of them stays in the image.
RUN export SECRET_KEY=build-only DATABASE_URL=postgres://nobody@127.0.0.1:9/nothing REDIS_URL=redis://127.0.0.1:9/0 \
    && python -m config.launcher.frontend \
    && python -m config.launcher messages \
    && python manage.py collectstatic --noinput --verbosity 0 --ignore rest_framework --ignore redoc \
    && rm -rf node_modules

FROM base AS app
RUN useradd --system --uid 10001 --home-dir /data --create-home zhanggui \
    && install -d -o zhanggui -g zhanggui /data/media /run/zhanggui
COPY --from=build /app /app
ENV ZHANGGUI_VAR=/data MEDIA_ROOT=/data/media LOG_FORMAT=json
USER zhanggui
EXPOSE 8000
CMD ["gunicorn", "-c", "python:config.gunicorn"]
