"""The HTTP door: who may come in and how often, which route it is, and how answers and refusals look."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import BodyPartReader, web

from tests.servers.discord.faults import Fault
from tests.servers.discord.gateway import TOKEN
from tests.servers.discord.refusal import Json, Problems, Refused, refuse
from tests.servers.discord.rules import File, invalid
from tests.servers.discord.service import Call, Refusal, Service
from tests.servers.discord.sessions import cut
from tests.servers.discord.wire import written

Handler = Callable[[Call], Any]

BASE = "/api/v10/"
_JSON = {"Content-Type": "application/json", "Via": "1.1 loopback"}


class UnservedError(Exception):
    """A route that this server does not know: the test needs more server, or the bot calls what is not there."""


def shape(path: str) -> tuple[str, list[str]]:
    """A path with its ids as `#` and its tokens and emoji as `*`, and these parts in order."""
    parts = path.split("/")
    args: list[str] = []
    for index, part in enumerate(parts):
        if part.isdigit() and part.isascii():
            args.append(part)
            parts[index] = "#"
        elif (index == 2 and parts[0] in ("webhooks", "interactions")) or (
            index and parts[index - 1] == "reactions"
        ):
            args.append(part)
            parts[index] = "*"
    return "/".join(parts), args


class Door:
    """Every REST call goes through here."""

    def __init__(self, service: Service, routes: dict[str, Handler]) -> None:
        self._service = service
        self._routes = routes

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One call: faults, limits, then the handler of its route."""
        began = time.monotonic()
        path = request.path[len(BASE) - 1 :]
        fault = self._service.faults.take(request.method, path)
        if fault is not None and fault.delay:
            if not request.content_type.startswith("multipart/"):
                await request.read()  # it has arrived, whether or not the caller waits so long
            await asyncio.sleep(fault.delay)
        if fault is not None and fault.when == "before" and (fault.reset or fault.status):
            return self._break(request, fault, path)
        call = Call("", [], request.query)
        headers = dict(_JSON)
        try:
            status, answer = 200, await self._run(request, path, call, headers)
            if answer is None:
                status = 204
        except Refused as refused:
            status, answer = refused.status, refused.body
            self._refuse(request.method, path, refused, headers)
        except UnservedError:
            status, answer = 404, {"message": "404: Not Found", "code": 0}
            self._service.refused.append(
                Refusal(request.method, path, 404, 0, "this server has no such route")
            )
        self._note(request, path, call, status, answer, began)
        if fault is not None and (fault.reset or fault.status):
            return self._break(request, fault, path)
        if status == 204:
            headers.pop("Content-Type")
            return web.Response(status=204, headers=headers)
        return web.Response(body=written(answer).encode(), status=status, headers=headers)

    async def _run(self, request: web.Request, path: str, call: Call, headers: dict[str, str]) -> Any:
        shaped, call.args = shape(path[1:])
        call.route = f"{request.method} {shaped}"
        if self._service.buckets.banned:
            del headers["Via"]
            raise Refused(
                429, 0, "You are being blocked from accessing our API temporarily", retry_after=600.0
            )
        by_token = shaped.startswith(("interactions/#/*", "webhooks/#/*"))
        if not by_token and request.headers.get("Authorization") != f"Bot {TOKEN}":
            await request.read()
            raise Refused(401, 0, "401: Unauthorized")
        major = call.args[1] if by_token else (call.args[0] if call.args else "")
        taken = self._service.buckets.take(call.route, major, free=by_token)
        headers.update(taken.headers)
        if taken.wait is not None:
            await request.read()
            headers["X-RateLimit-Scope"] = "global" if taken.is_global else "user"
            refused = Refused(429, 0, "You are being rate limited.", retry_after=round(taken.wait, 3))
            refused.body["global"] = taken.is_global
            raise refused
        if request.body_exists:
            await self._read(request, call)
        reason = request.headers.get("X-Audit-Log-Reason")
        if reason is not None:
            problems = Problems()
            problems.length(("reason",), reason, self._service.limits["list.reason"])
            problems.check()
        handler = self._routes.get(call.route)
        if handler is None:
            raise UnservedError
        try:
            return handler(call)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise invalid(
                (), "MODEL_TYPE_CONVERT", f"The body has a shape that no client sends: {error!r}"
            ) from error

    async def _read(self, request: web.Request, call: Call) -> None:
        """Take the body apart; what is over 25 MiB is not taken at all."""
        most = self._service.limits["request.bytes"]
        if request.content_length is not None and request.content_length > most:
            async for _ in request.content.iter_any():
                pass
            raise refuse(40005)
        if request.content_type.startswith("multipart/"):
            await self._read_parts(request, call, most)
            return
        text = await request.read()
        if text:
            call.body = self._json(text)

    @staticmethod
    def _json(text: bytes) -> Json:
        try:
            body = json.loads(text)
        except ValueError:
            raise refuse(50109) from None
        return {"list": body} if isinstance(body, list) else dict(body)

    async def _read_parts(self, request: web.Request, call: Call, most: int) -> None:
        total = 0
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            data = bytes(await part.read())
            total += len(data)
            name = part.name or ""
            if name == "payload_json":
                call.body = self._json(data)
            elif name.startswith("files[") and name.endswith("]"):
                call.files.append(File(int(name[6:-1]), part.filename or "file", data))
        if total > most:
            raise refuse(40005)

    def _refuse(self, method: str, path: str, refused: Refused, headers: dict[str, str]) -> None:
        self._service.refused.append(Refusal(method, path, refused.status, refused.code, str(refused)))
        if refused.status in (401, 403, 429):
            self._service.buckets.count_invalid()
        if refused.status == 429:
            headers["Retry-After"] = str(refused.body["retry_after"])

    def _note(
        self, request: web.Request, path: str, call: Call, status: int, answer: Any, began: float
    ) -> None:
        entry: Json = {
            "way": "rest",
            "method": request.method,
            "path": path,
            "status": status,
            "body": call.body,
            "files": [[file.name, len(file.data)] for file in call.files],
            "took": round((time.monotonic() - began) * 1000, 3),
        }
        if isinstance(answer, dict):
            entry["answer"] = answer.get("id") or answer.get("code")
        self._service.note(entry)

    def _break(self, request: web.Request, fault: Fault, path: str) -> web.StreamResponse:
        entry: Json = {
            "way": "fault",
            "method": request.method,
            "path": path,
            "status": fault.status or "reset",
        }
        self._service.note(entry)
        if fault.reset or fault.status is None:
            cut(request)
            return web.Response(status=499)
        if fault.status != 429:
            return web.Response(
                status=fault.status, text="<html>upstream error</html>", content_type="text/html"
            )
        body = {"message": "You are being rate limited.", "retry_after": fault.retry_after, "global": False}
        headers = {**_JSON, "Retry-After": str(fault.retry_after), "X-RateLimit-Scope": "shared"}
        return web.Response(status=429, body=written(body).encode(), headers=headers)
