"""The bot and the ingest run on the same reports, data, Chroma, user and umask, as units and in containers alike."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT
from dotenv import dotenv_values

from config.settings import Settings

DEPLOY = ROOT / "deploy"
ENV_FILE = "/etc/wenbao/wenbao.env"
SERVICES = ("wenbao-bot.service", "wenbao-ingest.service")
SHARED = (
    *("User", "Group", "UMask", "WorkingDirectory", "EnvironmentFile", "NoNewPrivileges"),
    *("PrivateTmp", "ProtectSystem", "ProtectHome", "ReadWritePaths"),
)
OF_THE_BOT_ALONE = {"WENBAO_TELEGRAM_TOKEN", "WENBAO_TELEGRAM_TOKEN_FILE", "WENBAO_LOG_FORMAT"}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def unit(name: str) -> dict[str, list[str]]:
    """What the [Service] section says, by name."""
    section = (DEPLOY / name).read_text(encoding="utf-8").split("[Service]\n")[1].split("\n[")[0]
    found: dict[str, list[str]] = {}
    for line in section.splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.fixture(scope="module")
def template() -> dict[str, str | None]:
    return dotenv_values(DEPLOY / "wenbao.env")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return {name: service for name, service in found.items() if service["image"] == "wenbao"}


def dockerfile(instruction: str) -> list[str]:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(f"{instruction} ") for line in lines if line.startswith(f"{instruction} ")]


def test_the_units_differ_in_nothing_that_both_must_have():
    bot, ingest = map(unit, SERVICES)
    assert {key: bot.get(key) for key in SHARED} == {key: ingest.get(key) for key in SHARED}
    assert bot["EnvironmentFile"] == [ENV_FILE]
    for service in (bot, ingest):
        set_here = {line.split("=")[0] for line in service.get("Environment", [])}
        assert set_here <= OF_THE_BOT_ALONE


def test_the_services_of_the_containers_differ_in_nothing_that_both_must_have(services):
    assert set(services) == {"bot", "ingest"}
    bot, ingest = services["bot"], services["ingest"]
    for key in ("image", "user", "env_file", "volumes", "depends_on", "read_only", "cap_drop", "security_opt"):
        assert bot[key] == ingest[key], key
    assert {key: value for key, value in bot["environment"].items() if key not in OF_THE_BOT_ALONE} == ingest[
        "environment"
    ]


def test_units_and_containers_use_the_same_places_and_umask(services, template):
    service = unit(SERVICES[0])
    (writable,) = service["ReadWritePaths"]
    for name in ("WENBAO_REPORTS_DIR", "WENBAO_DATA_DIR"):
        assert Path(str(template[name])).is_relative_to(writable)
        assert f"{name}={template[name]}" in dockerfile("ENV")[0].split()
    assert {each["env_file"] for each in services.values()} == set(service["EnvironmentFile"])
    assert services["bot"]["volumes"] == [f"{writable}:{writable}"]
    assert "WENBAO_DATA_DIR" not in services["bot"]["environment"]
    (umask,) = service["UMask"]
    assert f"umask {umask} " in dockerfile("ENTRYPOINT")[0]
    uid = services["bot"]["user"].split(":")[0]
    assert f"--uid {uid}" in dockerfile("RUN")[0]


def test_the_template_sets_what_is_a_setting_and_no_secret(template):
    known = {f"WENBAO_{field.upper()}" for field in Settings.model_fields}
    assert set(template) <= known
    assert not [name for name in template if "TOKEN" in name or "SECRET" in name]
    for line in (
        (DEPLOY / "wenbao.env").read_text(encoding="utf-8").splitlines()
    ):  # as a shell, systemd and compose read
        assert re.fullmatch(r"#.*|[A-Z_]+=[^\s'\"$]*|", line)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_name_no_other_environment_file_and_no_other_place(page, template):
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"/etc/wenbao/[\w.-]+\.env", text)) <= {ENV_FILE}
    for name in ("WENBAO_REPORTS_DIR", "WENBAO_DATA_DIR"):
        assert set(re.findall(rf"{name}=(/[\w./-]+)", text)) <= {template[name]}
    for path in re.findall(r"deploy/[\w.-]+\w", text):
        assert (ROOT / path).exists() or path == "deploy/telegram-token", path


def test_the_operators_page_installs_what_the_units_expect():
    text = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    service = unit("wenbao-bot.service")
    for value in (ENV_FILE, service["ReadWritePaths"][0], service["LoadCredential"][0].partition(":")[2]):
        assert value in text
    assert re.search(rf"useradd .*\b{service['User'][0]}\n", text)
    assert f"ln -s {ENV_FILE} {service['WorkingDirectory'][0]}/.env" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_finds_no_fault_in_the_units(tmp_path):
    names = [path.name for path in DEPLOY.glob("wenbao-*.[st]*")]
    for name in names:  # what is to be run isn't installed here
        text = (DEPLOY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *names], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if line.startswith("wenbao-") or "/wenbao-" in line]
    assert ours == []
