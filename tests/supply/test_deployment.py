"""`compose.postgres.yaml` and `deploy/`: what can be checked without a container engine and without a cluster."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from app.domain.answers.limits import MOST_DELAY_MS
from app.domain.faults import MOST_SECONDS
from app.domain.wiretaps.model import MAX_TIMEOUT_S
from app.ingress.server import SHUTDOWN_S
from app.settings import read_settings, unknown_variables
from app.web.routes import ROUTES

from .locks import ROOT, RUNTIME, read_lock

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.postgres.yaml").read_text())
SERVERS = {name: each for name, each in COMPOSE["services"].items() if name.startswith("smsbin-")}
CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text()
CLUSTER = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text()))
POD = CLUSTER[0]["spec"]["template"]["spec"]
CONTAINER = POD["containers"][0]
# How long a server may take to stop, after the responses that are held were sent.
STOP_S = 10.0


def _environments() -> dict[str, dict[str, str]]:
    """The variables of each server, as its process gets them."""
    unset = re.compile(r"\$\{\w+:-(.*)\}")
    servers = {
        name: {key: unset.sub(r"\1", value) for key, value in each["environment"].items()}
        for name, each in SERVERS.items()
    }
    return servers | {"kubernetes": {each["name"]: each["value"] for each in CONTAINER["env"]}}


@pytest.mark.parametrize("name", _environments())
def test_the_variables_of_a_server_are_settings_and_its_secrets_are_files(name: str) -> None:
    variables = _environments()[name]
    assert unknown_variables(variables) == []
    settings = read_settings({key.removeprefix("SMSBIN_").lower(): value for key, value in variables.items()})
    assert settings.database is settings.access_token is None
    assert settings.trusted_proxies
    assert {str(settings.database_file), str(settings.access_token_file)} == {
        "/secrets/database",
        "/secrets/access-token",
    }


def test_the_image_has_the_driver() -> None:
    assert "-r requirements.lock" in DOCKERFILE
    assert {"psycopg", "psycopg-binary"} <= read_lock(RUNTIME).keys()


def test_three_servers_wait_for_the_database_and_the_load_balancer_for_them() -> None:
    services = COMPOSE["services"]
    assert len(SERVERS) == 3
    assert all(each["depends_on"]["postgres"] == {"condition": "service_healthy"} for each in SERVERS.values())
    assert services["caddy"]["depends_on"] == {name: {"condition": "service_healthy"} for name in SERVERS}
    (upstreams,) = re.findall(r"reverse_proxy (.+) \{", CADDYFILE)
    (port,) = re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)
    assert upstreams.split() == [f"{name}:{port}" for name in SERVERS]


def test_only_the_load_balancer_can_be_reached_and_only_the_servers_reach_the_database() -> None:
    services = COMPOSE["services"]
    assert [name for name, each in services.items() if "ports" in each] == ["caddy"]
    assert all(port.startswith("${") and ":-127.0.0.1:" in port for port in services["caddy"]["ports"])
    assert COMPOSE["networks"]["back"] == {"internal": True}
    assert {name for name, each in services.items() if "back" in each.get("networks", [])} == {*SERVERS, "postgres"}
    assert services["secrets"]["network_mode"] == "none"


def test_what_is_mounted_is_declared_or_is_a_file_of_the_checkout() -> None:
    mounts = [mount for each in COMPOSE["services"].values() for mount in each.get("volumes", [])]
    sources = {mount.split(":")[0] for mount in mounts}
    assert {name for name in sources if not name.startswith(".")} == COMPOSE["volumes"].keys()
    assert all((ROOT / name).is_file() for name in sources if name.startswith("."))


def test_the_secrets_are_created_once_and_belong_to_their_readers(tmp_path: Path) -> None:
    secrets = COMPOSE["services"]["secrets"]
    *shell, option = secrets["entrypoint"]
    script = secrets["command"][0].replace("$$", "$")
    for folder in ("postgres", "smsbin"):
        (tmp_path / folder).mkdir()
        script = script.replace(f" /{folder}", f" {tmp_path}/{folder}")
    # Only root may give files to another user.
    script = f'chown() {{ echo "$@" >> {tmp_path}/owners; }}\n' + script

    def run() -> dict[str, str]:
        subprocess.run([*shell, option, script], check=True, env={"PATH": os.environ["PATH"]})
        return {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.glob("*/*")}

    first = run()
    assert run() == first
    password, token = first["postgres/password"], first["smsbin/access-token"]
    assert re.fullmatch(r"[0-9a-f]{48}", password)
    assert re.fullmatch(r"[0-9a-f]{48}", token)
    assert password != token
    assert first["smsbin/database"] == f"postgresql://smsbin:{password}@postgres/smsbin\n"
    read_settings({"database": first["smsbin/database"].strip(), "access_token": token})
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*/*")} == {0o600}
    (user,) = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert f"-R {user} {tmp_path}/smsbin\n" in (tmp_path / "owners").read_text()


def test_the_manifest_has_all_objects_and_they_select_the_same_pods() -> None:
    assert [each["kind"] for each in CLUSTER] == ["Deployment", "PodDisruptionBudget", "Service", "Ingress"]
    deployment, budget, service, ingress = (each["spec"] for each in CLUSTER)
    labels = deployment["template"]["metadata"]["labels"]
    assert labels == deployment["selector"]["matchLabels"] == budget["selector"]["matchLabels"] == service["selector"]
    assert deployment["replicas"] == 3
    assert budget["maxUnavailable"] == 1
    (backend,) = (path["backend"]["service"] for path in ingress["rules"][0]["http"]["paths"])
    assert (backend["name"], backend["port"]["name"]) == (CLUSTER[2]["metadata"]["name"], service["ports"][0]["name"])


@pytest.mark.parametrize(
    ("probe", "path"), [("startup", "/healthz"), ("liveness", "/healthz"), ("readiness", "/readyz")]
)
def test_a_probe_is_a_public_route_on_the_port_of_the_container(probe: str, path: str) -> None:
    get = CONTAINER[f"{probe}Probe"]["httpGet"]
    assert get["path"] == path
    assert path in {route.path for route in ROUTES}
    assert get["port"] in {port["name"] for port in CONTAINER["ports"]}


def test_a_pod_has_time_to_send_the_responses_that_it_holds() -> None:
    (_, wait_s) = CONTAINER["lifecycle"]["preStop"]["exec"]["command"]
    longest_s = max(MOST_SECONDS, MOST_DELAY_MS / 1000, MAX_TIMEOUT_S)
    assert int(wait_s) >= longest_s
    assert POD["terminationGracePeriodSeconds"] >= int(wait_s) + STOP_S
    assert SHUTDOWN_S < STOP_S
    assert all(each["stop_grace_period"] == "15s" for each in SERVERS.values())


def test_a_container_has_no_rights_and_its_secrets_are_mounted_where_the_settings_point() -> None:
    (user,) = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    context = POD["securityContext"]
    assert (str(context["runAsUser"]), str(context["fsGroup"])) == user
    for each in SERVERS.values():
        assert (each["read_only"], each["cap_drop"]) == (True, ["ALL"])
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    mounted = {mount["name"]: mount["mountPath"] for mount in CONTAINER["volumeMounts"]}
    assert mounted.keys() == {volume["name"] for volume in POD["volumes"]}
    assert (mounted["secrets"], mounted["data"]) == ("/secrets", "/data")
