#!/usr/bin/env python3
"""What a schema cannot see in deploy/: that every container is confined, every image pinned, no secret written
down, every reference met, and that the numbers in different files agree.

    tests/deploy/policy.py        needs PyYAML; ./test runs it

A rule is a function that yields problems. Each has at least one planted mistake in PLANTED, which it must find:
add a rule together with its mistake.
"""

import copy
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
VERSION = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE).group(1)
# how long the server lets calls finish, how long it may take after that (crates/cli/src/commands/serve.rs), and the
# pause before, in seconds
DRAIN, GOODBYE, PAUSE = 25, 4, 5
# what a worker of the sandbox may take, what the server itself takes, in MB; workers a processor
WORKER, OWN, WORKERS = 512, 512, 2
# a value of these is a secret
SECRET_NAME = re.compile(r"TOKEN|KEY|SECRET|PASSWORD")
SECRET_TEXT = re.compile(
    r"github_pat_\w{10}|gh[opsru]_\w{10}|seaworthy_\w{20}|(?<!sha256:)(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])"
)


class Files:
    """The files of deploy/, parsed."""

    def __init__(self):
        folder = ROOT / "deploy"
        names = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
        # what somebody deploys with, which git does not see
        ours = {name for name in names if name != "server.env" and not name.startswith("secrets/")}
        self.texts = {name: path.read_text() for name, path in names.items() if name in ours}
        self.compose = yaml.safe_load(self.texts["compose.yaml"])
        self.objects = [
            document
            for name, text in self.texts.items()
            if name.startswith("kubernetes/")
            for document in yaml.safe_load_all(text)
        ]

    def of_kind(self, *kinds):
        return [thing for thing in self.objects if thing["kind"] in kinds]

    def one(self, kind, name):
        return next(thing for thing in self.of_kind(kind) if thing["metadata"]["name"] == name)

    def pods(self):
        """Name and template of every workload."""
        for thing in self.of_kind("Deployment", "StatefulSet", "DaemonSet", "Job"):
            yield thing["metadata"]["name"], thing["spec"]["template"]

    def containers(self):
        for pod, template in self.pods():
            for container in template["spec"].get("initContainers", []) + template["spec"]["containers"]:
                yield f"{pod}/{container['name']}", container

    def server(self):
        return self.one("Deployment", "seaworthy")["spec"]["template"]["spec"]


def number(quantity):
    """Processors, or MB."""
    for unit, size in (("Gi", 1024), ("Mi", 1), ("m", 0.001), ("M", 1)):
        if str(quantity).endswith(unit):
            return float(str(quantity)[: -len(unit)]) * size
    return float(quantity)


def is_pinned(image):
    """By digest; our own, which whoever deploys it builds, by this version."""
    return (
        bool(DIGEST.search(image))
        or image.endswith(f"seaworthy:{VERSION}")
        or image == f"${{IMAGE:-seaworthy:{VERSION}}}"
    )


def pods_are_confined(files):
    for name, template in files.pods():
        spec = template["spec"]
        for setting in ("automountServiceAccountToken", "enableServiceLinks"):
            if spec.get(setting) is not False:
                yield f"{name}: {setting} is not false"
        for setting in ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"):
            if spec.get(setting):
                yield f"{name}: {setting}"
        context = spec.get("securityContext", {})
        if context.get("runAsNonRoot") is not True or not context.get("runAsUser") or not context.get("runAsGroup"):
            yield f"{name}: may run as root"
        if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{name}: no seccomp profile"
        if any("hostPath" in volume for volume in spec.get("volumes", [])):
            yield f"{name}: a folder of the node"


def containers_are_confined(files):
    for name, container in files.containers():
        context = container.get("securityContext", {})
        if context.get("privileged") or context.get("allowPrivilegeEscalation") is not False:
            yield f"{name}: may gain privileges"
        if context.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{name}: capabilities"
        if context.get("readOnlyRootFilesystem") is not True:
            yield f"{name}: writable root"
        if any(setting in context for setting in ("runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile")):
            yield f"{name}: does not do as its pod says"
        for kind in ("requests", "limits"):
            if not {"cpu", "memory"} <= container.get("resources", {}).get(kind, {}).keys():
                yield f"{name}: no {kind}"


def services_are_confined(files):
    for name, service in files.compose["services"].items():
        if service.get("read_only") is not True:
            yield f"{name}: writable root"
        if service.get("cap_drop") != ["ALL"] or "cap_add" in service:
            yield f"{name}: capabilities"
        if service.get("security_opt") != ["no-new-privileges:true"]:
            yield f"{name}: may gain privileges"
        if service.get("privileged") or service.get("network_mode") or service.get("pid"):
            yield f"{name}: shares with the host"
        if not {"cpus", "memory", "pids"} <= service.get("deploy", {}).get("resources", {}).get("limits", {}).keys():
            yield f"{name}: no limits"
        if "max-size" not in service.get("logging", {}).get("options", {}):
            yield f"{name}: a log without end"
        if "docker.sock" in str(service.get("volumes")):
            yield f"{name}: the engine's socket"
        if name != "server" and str(service.get("user", "0")).startswith(("0", "root")):
            yield f"{name}: may run as root"


def images_are_pinned(files):
    for name, container in files.containers():
        if not is_pinned(container["image"]):
            yield f"{name}: {container['image']} is not pinned"
    for name, service in files.compose["services"].items():
        if not is_pinned(service["image"]):
            yield f"{name}: {service['image']} is not pinned"
    bases = re.findall(r"^ARG RUST=(\S+)", files.texts["Dockerfile"], re.MULTILINE)
    if len(bases) != 1 or not DIGEST.search(bases[0]):
        yield "Dockerfile: the base is not pinned"


def the_image_has_no_shell_and_no_root(files):
    stages = re.findall(r"^FROM (.+)$", files.texts["Dockerfile"], re.MULTILINE)
    if stages != ["${RUST} AS build", "scratch"]:
        yield f"Dockerfile: {stages}"
    if re.findall(r"^USER (.+)$", files.texts["Dockerfile"], re.MULTILINE) != ["65534:65534"]:
        yield "Dockerfile: another user"


def secrets_are_elsewhere(files):
    for name, text in files.texts.items():
        if found := SECRET_TEXT.search(text):
            yield f"{name}: {found.group()[:16]}... looks like a secret"
    if files.of_kind("Secret"):
        yield "a Secret"
    for name, container in files.containers():
        for variable in container.get("env", []):
            if SECRET_NAME.search(variable["name"]) and "secretKeyRef" not in variable.get("valueFrom", {}):
                yield f"{name}: {variable['name']} is written down"
    for name, service in files.compose["services"].items():
        for variable in service.get("environment", {}):
            if SECRET_NAME.search(str(variable)):
                yield f"{name}: {variable} is written down"


def traffic_is_denied_first(files):
    policies = files.of_kind("NetworkPolicy")
    deny = [
        policy["spec"]
        for policy in policies
        if policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    ]
    if len(deny) != 1:
        yield "no policy denies everything"
    for name, template in files.pods():
        selected = [
            policy
            for policy in policies
            if policy["spec"]["podSelector"].get("matchLabels") == template["metadata"]["labels"]
        ]
        if len(selected) != 1:
            yield f"{name}: {len(selected)} policies of its own"
    for policy in policies:
        for rule in policy["spec"].get("ingress", []) + policy["spec"].get("egress", []):
            if not rule.get("ports") or not (rule.get("from") or rule.get("to")):
                yield f"{policy['metadata']['name']}: a rule for everybody or for every port"
    networks = files.compose["networks"]
    services = files.compose["services"]
    if not all(networks[name].get("internal") for name in services["valkey"]["networks"] + ["inner"]):
        yield "compose: what belongs inside can be reached from outside"
    if "ports" in services["server"] or "ports" in services["valkey"]:
        yield "compose: a published port besides the proxy's"


def references_are_met(files):
    for thing in files.objects:
        metadata = thing["metadata"]
        if thing["kind"] == "Namespace":
            if (
                metadata["name"] != "seaworthy"
                or metadata["labels"].get("pod-security.kubernetes.io/enforce") != "restricted"
            ):
                yield "the namespace does not enforce `restricted`"
        elif metadata.get("namespace") != "seaworthy":
            yield f"{metadata['name']}: another namespace"
    labels = {name: template["metadata"]["labels"] for name, template in files.pods()}
    for thing in files.of_kind("Deployment", "StatefulSet", "PodDisruptionBudget"):
        if thing["spec"]["selector"]["matchLabels"] not in labels.values():
            yield f"{thing['kind']} {thing['metadata']['name']}: selects nothing"
    named = {port["name"] for _, container in files.containers() for port in container.get("ports", [])}
    for service in files.of_kind("Service"):
        if service["spec"]["selector"] not in labels.values():
            yield f"Service {service['metadata']['name']}: selects nothing"
        if not all(port["targetPort"] in named for port in service["spec"]["ports"]):
            yield f"Service {service['metadata']['name']}: leads to no port"
    for scaler in files.of_kind("HorizontalPodAutoscaler"):
        if scaler["spec"]["scaleTargetRef"]["name"] not in labels:
            yield "the autoscaler has no target"
    served = {
        (service["metadata"]["name"], port["name"])
        for service in files.of_kind("Service")
        for port in service["spec"]["ports"]
    }
    for ingress in files.of_kind("Ingress"):
        for path in ingress["spec"]["rules"][0]["http"]["paths"]:
            backend = path["backend"]["service"]
            if (backend["name"], backend["port"]["name"]) not in served:
                yield f"Ingress: {path['path']} leads nowhere"
    for pod, template in files.pods():
        volumes = {volume["name"] for volume in template["spec"].get("volumes", [])}
        volumes |= {
            claim["metadata"]["name"]
            for thing in files.of_kind("StatefulSet")
            for claim in thing["spec"]["volumeClaimTemplates"]
        }
        mounted = {
            mount["name"]
            for name, container in files.containers()
            if name.startswith(f"{pod}/")
            for mount in container.get("volumeMounts", [])
        }
        if not mounted <= volumes:
            yield f"{pod}: mounts {mounted - volumes}, which is no volume"


def stopping_takes_no_call_along(files):
    spec = files.server()
    (server,) = spec["containers"]
    if server["lifecycle"]["preStop"] != {"sleep": {"seconds": PAUSE}}:
        yield "no pause before the end"
    if spec["terminationGracePeriodSeconds"] < PAUSE + DRAIN + GOODBYE + 5:
        yield "the grace period is shorter than the drain"
    if number(files.compose["services"]["server"]["stop_grace_period"].rstrip("s")) < DRAIN + GOODBYE + 5:
        yield "compose: the grace period is shorter than the drain"
    for probe, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        get = server.get(probe, {}).get("httpGet", {})
        if get.get("path") != path or get.get("httpHeaders") != [{"name": "Host", "value": "localhost"}]:
            yield f"{probe}: not {path} of localhost"
    if "shutdown-sessions" in files.texts["haproxy.cfg"]:
        yield "haproxy.cfg: calls of a replica that stops are cut off"


def memory_holds_every_worker(files):
    (server,) = files.server()["containers"]
    for where, limits in (
        ("server", server["resources"]["limits"]),
        ("compose", files.compose["services"]["server"]["deploy"]["resources"]["limits"]),
    ):
        cpu = limits.get("cpu") or limits["cpus"]
        if number(limits["memory"]) < number(cpu) * WORKERS * WORKER + OWN:
            yield f"{where}: {limits['memory']} is too little for the sandbox on {cpu} processors"
    if number(server["resources"]["requests"]["memory"]) < WORKER + 64:
        yield "server: requests less memory than the first run takes"


def replicas_share_what_they_must(files):
    (server,) = files.server()["containers"]
    for where, arguments in (("server", server["args"]), ("compose", files.compose["services"]["server"]["command"])):
        if "--shared=redis://valkey:6379" not in arguments:
            yield f"{where}: replicas would each let a token be used once"
    if "SEAWORTHY_SEAL_KEY" not in {variable["name"] for variable in server["env"]}:
        yield "server: replicas would not open what another one sealed"
    snippet = files.one("Ingress", "seaworthy")["metadata"]["annotations"]["haproxy.org/backend-config-snippet"].split(
        "\n"
    )
    stick = [line.strip() for line in files.texts["haproxy.cfg"].splitlines() if line.strip().startswith("stick")]
    if [line for line in snippet if line] != stick or len(stick) != 3:
        yield "ingress.yaml and haproxy.cfg keep sessions differently"


RULES = [
    containers_are_confined,
    images_are_pinned,
    memory_holds_every_worker,
    pods_are_confined,
    references_are_met,
    replicas_share_what_they_must,
    secrets_are_elsewhere,
    services_are_confined,
    stopping_takes_no_call_along,
    the_image_has_no_shell_and_no_root,
    traffic_is_denied_first,
]


def container(files):
    return files.server()["containers"][0]


def service(files, name="server"):
    return files.compose["services"][name]


def edit(name, old, new):
    """Text that stands in a file, replaced in it."""

    def mistake(files):
        assert old in files.texts[name], f"{name} has no {old!r}"
        files.texts[name] = files.texts[name].replace(old, new)

    return mistake


# the rule that must find it, and the mistake
PLANTED = [
    (containers_are_confined, lambda f: container(f)["securityContext"].update(privileged=True)),
    (containers_are_confined, lambda f: container(f)["securityContext"].pop("allowPrivilegeEscalation")),
    (containers_are_confined, lambda f: container(f)["securityContext"]["capabilities"].update(add=["NET_ADMIN"])),
    (containers_are_confined, lambda f: container(f)["securityContext"].update(readOnlyRootFilesystem=False)),
    (containers_are_confined, lambda f: container(f)["securityContext"].update(runAsUser=0)),
    (containers_are_confined, lambda f: f.server()["initContainers"][0]["resources"].pop("limits")),
    (images_are_pinned, lambda f: container(f).update(image="registry.example.com/seaworthy:latest")),
    (images_are_pinned, lambda f: f.server()["initContainers"][0].update(image="busybox:1.37.0")),
    (images_are_pinned, lambda f: service(f, "proxy").update(image="haproxy:3.2")),
    (images_are_pinned, edit("Dockerfile", "@sha256:", ":")),
    (memory_holds_every_worker, lambda f: container(f)["resources"]["limits"].update(cpu="4")),
    (memory_holds_every_worker, lambda f: service(f)["deploy"]["resources"]["limits"].update(memory="1024M")),
    (memory_holds_every_worker, lambda f: container(f)["resources"]["requests"].update(memory="128Mi")),
    (pods_are_confined, lambda f: f.server().update(automountServiceAccountToken=True)),
    (pods_are_confined, lambda f: f.server().update(hostNetwork=True)),
    (pods_are_confined, lambda f: f.server()["securityContext"].update(runAsUser=0)),
    (pods_are_confined, lambda f: f.server()["securityContext"].pop("seccompProfile")),
    (pods_are_confined, lambda f: f.server()["volumes"].append({"name": "node", "hostPath": {"path": "/"}})),
    (references_are_met, lambda f: f.one("Service", "valkey")["spec"].update(selector={"app": "redis"})),
    (references_are_met, lambda f: f.one("Service", "seaworthy")["spec"]["ports"][0].update(targetPort="https")),
    (
        references_are_met,
        lambda f: f.one("PodDisruptionBudget", "seaworthy")["spec"]["selector"].update(matchLabels={}),
    ),
    (
        references_are_met,
        lambda f: f.one("Ingress", "seaworthy")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"].update(
            name="x"
        ),
    ),
    (references_are_met, lambda f: f.one("Service", "valkey")["metadata"].pop("namespace")),
    (references_are_met, lambda f: f.one("Namespace", "seaworthy")["metadata"]["labels"].clear()),
    (references_are_met, lambda f: f.server()["volumes"].pop()),
    (replicas_share_what_they_must, lambda f: container(f)["args"].remove("--shared=redis://valkey:6379")),
    (replicas_share_what_they_must, lambda f: container(f)["env"].pop()),
    (
        replicas_share_what_they_must,
        edit("haproxy.cfg", "stick match req.hdr(mcp-session-id)", "balance hdr(mcp-session-id)"),
    ),
    (secrets_are_elsewhere, lambda f: f.objects.append({"kind": "Secret", "metadata": {"name": "x"}})),
    (secrets_are_elsewhere, lambda f: container(f)["env"][0].update(valueFrom={}, value="x")),
    (secrets_are_elsewhere, lambda f: service(f).update(environment={"GITHUB_TOKEN": "x"})),
    (secrets_are_elsewhere, edit("compose.yaml", "name: seaworthy", "# github_" + "pat_" + "1" * 22)),
    (secrets_are_elsewhere, edit("compose.yaml", "name: seaworthy", "# " + "0f" * 32)),
    (services_are_confined, lambda f: service(f).update(read_only=False)),
    (services_are_confined, lambda f: service(f, "valkey").pop("cap_drop")),
    (services_are_confined, lambda f: service(f, "valkey").pop("user")),
    (services_are_confined, lambda f: service(f, "proxy").pop("security_opt")),
    (services_are_confined, lambda f: service(f)["volumes"].append("/var/run/docker.sock:/var/run/docker.sock")),
    (services_are_confined, lambda f: service(f)["deploy"]["resources"]["limits"].pop("pids")),
    (services_are_confined, lambda f: service(f).pop("logging")),
    (services_are_confined, lambda f: service(f).update(network_mode="host")),
    (stopping_takes_no_call_along, lambda f: f.server().update(terminationGracePeriodSeconds=30)),
    (stopping_takes_no_call_along, lambda f: container(f)["lifecycle"]["preStop"]["sleep"].update(seconds=0)),
    (stopping_takes_no_call_along, lambda f: container(f)["readinessProbe"]["httpGet"].update(path="/healthz")),
    (stopping_takes_no_call_along, lambda f: service(f).update(stop_grace_period="10s")),
    (stopping_takes_no_call_along, edit("haproxy.cfg", "fall 2", "fall 2 on-marked-down shutdown-sessions")),
    (the_image_has_no_shell_and_no_root, edit("Dockerfile", "FROM scratch", "FROM debian")),
    (the_image_has_no_shell_and_no_root, edit("Dockerfile", "USER 65534:65534", "USER 0")),
    (traffic_is_denied_first, lambda f: f.objects.remove(f.one("NetworkPolicy", "default-deny"))),
    (traffic_is_denied_first, lambda f: f.objects.remove(f.one("NetworkPolicy", "valkey"))),
    (traffic_is_denied_first, lambda f: f.one("NetworkPolicy", "seaworthy")["spec"]["egress"].append({})),
    (traffic_is_denied_first, lambda f: f.compose["networks"]["store"].clear()),
    (traffic_is_denied_first, lambda f: service(f, "valkey").update(ports=["6379:6379"])),
]


def main():
    files = Files()
    failures = [f"{rule.__name__}: {problem}" for rule in RULES for problem in rule(files)]
    for number_of, (rule, plant) in enumerate(PLANTED, 1):
        wrong = copy.deepcopy(files)
        plant(wrong)
        if not list(rule(wrong)):
            failures.append(f"{rule.__name__} does not find planted mistake {number_of}")
    failures += [
        f"{rule.__name__} has no planted mistake" for rule in RULES if rule not in {rule for rule, _ in PLANTED}
    ]
    for failure in failures:
        print(f"deploy/: {failure}", file=sys.stderr)
    if failures:
        return 1
    print(f"deploy/: {len(RULES)} rules hold, and find {len(PLANTED)} planted mistakes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
