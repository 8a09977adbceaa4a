"""Files in three steps: an address for the bytes, the bytes, and where they are shown.

https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from tests.servers.slack.board import Board
from tests.servers.slack.faults import cut
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.service import Call, Service
from tests.servers.slack.things import File


class Uploads:
    """All files of the server."""

    def __init__(self, service: Service, board: Board) -> None:
        self._service = service
        self._world = service.world
        self._board = board

    def promise(self, call: Call) -> Json:
        """files.getUploadURLExternal."""
        call.need("filename", "length")
        length, alt = call.number("length", 0), str(call.args.get("alt_txt") or "")
        if length <= 0:
            raise Refused("invalid_arguments", errors=["must be more than 0 [json-pointer:/length]"])
        if length > self._service.limits["file.bytes"]:
            raise Refused("file_upload_size_restricted")
        if len(alt) > self._service.limits["file.alt_text"]:
            raise Refused("alt_txt_too_large")
        file = File(self._world.new_id("F"), str(call.args["filename"]), length, alt, call.team)
        self._world.files[file.id] = file
        return {"upload_url": f"{self._service.url}/upload/v1/{file.id}", "file_id": file.id}

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """POST of the bytes, plain or as a form."""
        file = self._world.files.get(request.match_info["id"])
        if file is None or file.data is not None:
            return web.Response(status=404, text="not found")
        if request.content_type.startswith("multipart/"):
            fields = await request.post()
            sent = next((one for one in fields.values() if isinstance(one, web.FileField)), None)
            data = b"" if sent is None else sent.file.read()
        else:
            data = await request.read()
        if len(data) != file.length:
            return web.Response(status=400, text=f"expected {file.length} bytes, not {len(data)}")
        file.data = data
        return web.Response(text=f"OK - {len(data)}")

    def complete(self, call: Call) -> Json:
        """files.completeUploadExternal: shown in a channel if one is named; the message is not in the answer."""
        call.need("files")
        files: list[File] = []
        for one in call.args["files"]:
            file = self._world.files.get(str(one.get("id")))
            if file is None or file.team is not call.team or file.shared:
                raise Refused("file_not_found")
            if file.data is None:
                raise Refused("file_not_uploaded")
            file.title = str(one.get("title") or file.name)
            files.append(file)
        where = call.args.get("channel_id") or call.args.get("channels")
        if where:
            for mark in str(where).split(","):
                channel = self._world.inside(mark, call.team)
                if channel.archived:
                    raise Refused("is_archived")
                args = {**call.args, "text": call.args.get("initial_comment")}
                content = self._board.content(args, files=True)
                self._board.post(channel, call.team.bot, content, args, files=files)
        for file in files:
            file.shared = True
        return {"files": [one.json(self._service.url) for one in files]}

    def info(self, call: Call) -> Json:
        call.need("file")
        file = self._world.files.get(str(call.args["file"]))
        if file is None or not file.shared:
            raise Refused("file_not_found")
        return {"file": file.json(self._service.url)}

    def delete(self, call: Call) -> Json:
        """files.delete: it goes out of every message that shows it."""
        call.need("file")
        file = self._world.files.get(str(call.args["file"]))
        if file is None or not file.shared or file.team is not call.team:
            raise Refused("file_not_found")
        del self._world.files[file.id]
        for channel in self._world.channels.values():
            for message in list(channel.messages.values()):
                left = [one for one in message.data.get("files") or [] if one["id"] != file.id]
                if left == (message.data.get("files") or []):
                    continue
                message.data["files"] = left
                if not left and not message.data.get("text"):
                    self._board.delete(message)
        return {}

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """GET of a private file, with a token that may read files; without one there is a page to log in at."""
        fault = self._service.faults.take("files")
        if fault is not None:
            await asyncio.sleep(fault.delay)
            if fault.reset:
                cut(request)
            if fault.breaks:
                return web.Response(status=fault.status or 500, text="<html>upstream error</html>")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        team = next((one for one in self._world.teams.values() if one.token == token), None)
        file = self._world.files.get(request.match_info["id"])
        if team is None or file is None or file.data is None or "files:read" not in team.scopes:
            return web.Response(status=302, headers={"Location": f"{self._service.url}/login"})
        return web.Response(body=file.data, content_type="application/octet-stream")

    async def login(self, request: web.Request) -> web.StreamResponse:
        """Where who may not see a file is led: a page, with status 200."""
        return web.Response(text="<html><title>Sign in to Slack</title></html>", content_type="text/html")
