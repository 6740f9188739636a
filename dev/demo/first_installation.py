"""Install the integration as a new user does, use it in each language, and remove it.

    .envs/demo/bin/python -m demo.first_installation FOLDER [LANGUAGE]...

Home Assistant runs in the folder, first without the integration. Then the integration
is copied as HACS does, Home Assistant is restarted, and for each language a simulated
gateway is added, its entities are checked, and it is removed. Says what is wrong, and
exits with 1 then.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
import json
from pathlib import Path
import re
import shutil
import sys
from typing import Any

import aiohttp

from . import gateway_setup, onboarding
from .gateway import Gateway, simulated
from .gateway_setup import DOMAIN
from .home_assistant import ApiError, HomeAssistant, Socket
from .ports import LOOPBACK, free_port
from .processes import Program
from .terminal import DemoError, say

INTEGRATION = onboarding.COMPONENTS[0]
PROFILE = "document"
READY_WITHIN = 180
# Home Assistant keeps what was deleted for a month, to give it back its settings.
MEMORY = {"deleted_devices", "deleted_entities"}
CONFIGURATION = """\
homeassistant:
energy:
history:
recorder:
sun:
"""


@asynccontextmanager
async def home_assistant(config: Path) -> AsyncIterator[tuple[HomeAssistant, Socket]]:
    """Start Home Assistant in a folder, and stop it at the end."""
    port = free_port()
    onboarding.write_stores(config, port)
    async with AsyncExitStack() as stack:
        program = await stack.enter_async_context(
            Program(
                "Home Assistant",
                "demo.isolated_home_assistant",
                *("--skip-pip", "--log-no-color", "--config", str(config)),
                log=config / "output.log",
                patience=60,
            )
        )
        http = await stack.enter_async_context(aiohttp.ClientSession())
        api = HomeAssistant(http, f"http://{LOOPBACK}:{port}")
        await program.until(api.answers(), READY_WITHIN)
        await onboarding.onboard(api)
        socket = await stack.enter_async_context(api.websocket())
        await program.until(onboarding.running(socket), READY_WITHIN)
        yield api, socket


def install(config: Path) -> None:
    """Copy the integration's folder, and nothing else, as HACS does."""
    shutil.copytree(
        INTEGRATION,
        config / "custom_components" / DOMAIN,
        ignore=shutil.ignore_patterns("__pycache__"),
    )


def translation(language: str) -> dict[str, Any]:
    """Return the texts of a language."""
    path = INTEGRATION / "translations" / f"{language}.json"
    texts: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return texts


def has_name(text: str, shown: str | None) -> bool:
    """Return whether a name is shown, with its placeholders replaced."""
    parts = re.split(r"\{\w+\}", text)
    return re.fullmatch(".+".join(map(re.escape, parts)), shown or "") is not None


async def names(
    socket: Socket, entry_id: str, texts: dict[str, Any]
) -> AsyncIterator[str]:
    """Yield what is missing or has another name than in the language."""
    entities = await ours(socket, "entity")
    if not entities:
        yield "there are no entities"
    for entity in entities:
        key, platform = entity["translation_key"], entity["entity_id"].partition(".")[0]
        if key and not has_name(
            texts["entity"][platform][key]["name"], entity["original_name"]
        ):
            yield f"{entity['entity_id']} is named {entity['original_name']}"
    devices = {each["name"] for each in await ours(socket, "device", entry_id)}
    expected = {texts["device"][key]["name"] for key in ("site", "solar", "battery")}
    if missing := expected - devices:
        yield f"there is no device {sorted(missing)} but {sorted(devices)}"
    states = {each["entity_id"]: each for each in await socket.command("get_states")}
    shown = [each["entity_id"] for each in entities if not each["disabled_by"]]
    if dead := [each for each in shown if states[each]["state"] == "unavailable"]:
        yield f"unavailable: {dead}"


async def ours(
    socket: Socket, kind: str, entry_id: str | None = None
) -> list[dict[str, Any]]:
    """Return what a registry has of the integration."""
    return [
        each
        for each in await socket.command(f"config/{kind}_registry/list")
        if each.get("platform") == DOMAIN
        or (
            entry_id is not None
            and entry_id
            in (*each.get("config_entries", ()), each.get("config_entry_id"))
        )
    ]


async def use(
    api: HomeAssistant, socket: Socket, gateway: Gateway, language: str
) -> AsyncIterator[str]:
    """Add the gateway in a language and remove it; yield what is wrong."""
    await socket.command("config/core/update", language=language)
    entry = await gateway_setup.add_gateway(api, socket, gateway.host, gateway.password)
    await gateway_setup.loaded(socket, entry)
    async for problem in names(socket, entry, translation(language)):
        yield problem
    shown = {each["entity_id"] for each in await ours(socket, "entity")}
    await api.request("DELETE", f"/api/config/config_entries/entry/{entry}")
    for kind in ("entity", "device"):
        if left := await ours(socket, kind, entry):
            yield f"left in the {kind} registry: {left}"
    states = {each["entity_id"] for each in await socket.command("get_states")}
    if left := sorted(states & shown):
        yield f"left states: {left}"
    if await gateway_setup.entry_id(socket):
        yield "the entry is left"


def remains(config: Path) -> Iterator[str]:
    """Yield what is left in the files of Home Assistant, apart from its memory."""
    for path in sorted((config / ".storage").rglob("*")):
        if not path.is_file():
            continue
        if DOMAIN in path.name:
            yield f".storage/{path.name} is left"
            continue
        data = json.loads(path.read_text("utf-8"))["data"]
        if isinstance(data, dict):
            data = {key: value for key, value in data.items() if key not in MEMORY}
        if DOMAIN in json.dumps(data):
            yield f".storage/{path.name} names the integration"


async def main(folder: Path, languages: list[str]) -> int:
    """Install, use and remove; return the exit code."""
    config = folder / "config"
    config.mkdir(parents=True)
    (config / "configuration.yaml").write_text(CONFIGURATION, "utf-8")
    problems: list[str] = []
    async with simulated(folder, PROFILE, free_port()) as gateway:
        async with home_assistant(config) as (_, socket):
            say("Home Assistant without the integration is up.")
            if await ours(socket, "entity"):
                problems.append("the integration is there before its installation")
        install(config)
        async with home_assistant(config) as (api, socket):
            say("Home Assistant with the integration is up.")
            for language in languages:
                found = [each async for each in use(api, socket, gateway, language)]
                problems += [f"{language}: {each}" for each in found]
                say(f"{language}: {'NOT FINE' if found else 'fine'}")
        problems += remains(config)
    for problem in problems:
        say(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(Path(sys.argv[1]), sys.argv[2:] or ["en"])))
    except (DemoError, ApiError) as error:
        say(str(error))
        sys.exit(1)
