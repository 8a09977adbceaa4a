"""The HTTP door: whose token it is, how often it may call, which method it is, and how answers and refusals look."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Callable

from aiohttp import web

from tests.servers.slack.faults import Fault, cut
from tests.servers.slack.hooks import Hooks
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.routes import Method
from tests.servers.slack.service import Call, Service
from tests.servers.slack.things import Team

APP_TOKEN = "xapp-loopback"  # noqa: S105  # of no real service
_NESTED = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "view": "invalid_arguments",
    "metadata": "invalid_metadata_format",
    "files": "invalid_arguments",
    "unfurls": "invalid_arguments",
    "chunks": "invalid_chunks",
    "prompts": "invalid_arguments",
    "loading_messages": "invalid_arguments",
    "message": "invalid_arguments",
}
"""Arguments that hold JSON when they come in a query or a form, and the word for what cannot be read."""


class Door:
    """Every call goes through here."""

    def __init__(
        self, service: Service, methods: dict[str, Method], hooks: Hooks, before: Callable[[], None]
    ) -> None:
        self._service = service
        self._methods = methods
        self._hooks = hooks
        self._before = before

    # The Web API

    async def api(self, request: web.Request) -> web.StreamResponse:
        """One call of a method: faults, limits, then its answer."""
        began = time.monotonic()
        name = request.match_info["method"]
        fault = self._service.faults.take(name)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is not None and fault.when == "before" and fault.breaks:
            await request.read()
            return self._break(request, fault, name)
        args: Json = {}
        headers: dict[str, str] = {}
        status = 200
        self._before()
        try:
            args = await self._args(request)
            answer = {"ok": True, **self._run(request, name, args, headers)}
        except Refused as refused:
            status, answer = self._refused(name, refused, headers)
        self._note(name, args, answer, status, began)
        if fault is not None and fault.breaks:
            return self._break(request, fault, name)
        return web.json_response(answer, status=status, headers=headers)

    async def _args(self, request: web.Request) -> Json:
        """Query, form and JSON together, as Slack takes them."""
        args: Json = dict(request.query)
        if request.content_type == "application/json":
            text = await request.read()
            try:
                body = json.loads(text) if text else {}
            except ValueError:
                raise Refused("invalid_json") from None
            if not isinstance(body, dict):
                raise Refused("json_not_object")
            args |= {key: value for key, value in body.items() if value is not None}
        elif request.can_read_body:
            args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        for key, word in _NESTED.items():
            if isinstance(args.get(key), str) and args[key]:
                try:
                    args[key] = json.loads(args[key])
                except ValueError:
                    raise Refused(word) from None
        return args

    def _run(self, request: web.Request, name: str, args: Json, headers: dict[str, str]) -> Json:
        method = self._methods.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        authorization = request.headers.get("Authorization", "")
        token = str(args.pop("token", "")) or authorization.removeprefix("Bearer").strip()
        team = self._team(method, token)
        basic = authorization.removeprefix("Basic ") if authorization.startswith("Basic ") else ""
        call = Call(name, args, team, basic)
        if method.key == "bot":
            headers["x-oauth-scopes"] = ",".join(sorted(team.scopes))
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        wait = self._service.buckets.take(method.tier, name, team.id, str(args.get("channel", "")))
        if wait is not None:
            raise Refused("ratelimited", status=429, retry_after=wait)
        self._service.require(team, *method.scopes)
        try:
            return method.answer(call)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Refused("invalid_arguments", errors=[f"a shape that no client sends: {error!r}"]) from error

    def _team(self, method: Method, token: str) -> Team:
        """The workspace of a token; the app's own token is good for websockets and nothing else."""
        teams = list(self._service.world.teams.values())
        if method.key == "none":
            return teams[0]
        if not token:
            raise Refused("not_authed")
        if token == APP_TOKEN or method.key == "app":
            if token != APP_TOKEN:
                known = any(team.token == token for team in teams)
                raise Refused("not_allowed_token_type" if known else "invalid_auth")
            if method.key != "app":
                raise Refused("not_allowed_token_type")
            return teams[0]
        team = next((team for team in teams if team.token == token), None)
        if team is None:
            raise Refused("invalid_auth")
        if team.dead:
            raise Refused(team.dead)
        return team

    def _refused(self, name: str, refused: Refused, headers: dict[str, str]) -> tuple[int, Json]:
        self._service.refuse(name, refused)
        if refused.retry_after is not None:
            headers["Retry-After"] = str(max(1, math.ceil(refused.retry_after)))
        return refused.status, refused.body

    # Answers by response_url

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """POST of an answer; what is wrong with it is said in one word."""
        began = time.monotonic()
        fault = self._service.faults.take("hooks")
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is not None and fault.when == "before" and fault.breaks:
            await request.read()
            return self._break(request, fault, "hooks")
        body: Json = {}
        status, answer = 200, "ok"
        try:
            body = json.loads(await request.read())
            self._hooks.take(request.match_info["id"], body)
        except Refused as refused:
            self._service.refuse("response_url", refused)
            status, answer = refused.status, refused.error
        except (ValueError, AttributeError, KeyError, TypeError):
            self._service.refuse("response_url", Refused("invalid_payload", status=400))
            status, answer = 400, "invalid_payload"
        self._note("hooks", body, {"ok": status == 200, "error": answer}, status, began)
        if fault is not None and fault.breaks:
            return self._break(request, fault, "hooks")
        return web.Response(text=answer, status=status)

    # The record, and what breaks

    def _note(self, name: str, args: Json, answer: Json, status: int, began: float) -> None:
        entry: Json = {
            "way": "api",
            "method": name,
            "status": status,
            "args": args,
            "error": "" if answer.get("ok") else answer.get("error"),
            "answer": answer.get("ts") or answer.get("message_ts"),
            "took": round((time.monotonic() - began) * 1000, 3),
        }
        self._service.note(entry)

    def _break(self, request: web.Request, fault: Fault, name: str) -> web.StreamResponse:
        broken = fault.error or fault.status or "reset"
        self._service.note({"way": "fault", "method": name, "status": broken})
        if fault.reset:
            cut(request)
            return web.Response(status=499)
        if fault.error:
            return web.json_response({"ok": False, "error": fault.error})
        if fault.status == 429:
            wait = str(max(1, math.ceil(fault.retry_after)))
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": wait}
            )
        return web.Response(
            status=fault.status or 500, text="<html>upstream error</html>", content_type="text/html"
        )
