"""An upload that was acknowledged is there after a kill, and what was not can be sent again."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from tests.attachments import opened, picture
from tests.outside import kill, start

RESERVE = """mutation ($i: AttachmentUploadCreateInput!) {
  attachmentUploadCreate(input: $i) { attachmentId uploadUrl errors { code } } }"""
SUBMIT = """mutation ($i: ComplaintSubmitInput!) {
  complaintSubmit(input: $i) { complaint { attachments { id url size } } errors { code message } } }"""


async def ask(http: httpx.AsyncClient, query: str, given: dict[str, Any]) -> Any:
    answer = await http.post("/graphql", json={"query": query, "variables": {"i": given}})
    [found] = answer.json()["data"].values()
    assert found["errors"] == []
    return found


async def test_every_acknowledged_upload_survives_a_kill(tmp_path: Path) -> None:
    total, acknowledged = 24, set[int]()
    contents = [picture(size=(400 + number, 300)) for number in range(total)]
    process, address = start(tmp_path)
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        uploads = [
            await ask(
                http, RESERVE, {"fileName": f"{n}.jpg", "contentType": "image/jpeg", "size": len(content)}
            )
            for n, content in enumerate(contents)
        ]

    async def send(number: int, http: httpx.AsyncClient) -> None:
        try:
            answer = await http.put(uploads[number]["uploadUrl"], content=contents[number])
        except httpx.TransportError:
            return
        assert answer.status_code == 204
        acknowledged.add(number)

    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        sending = asyncio.gather(*(send(number, http) for number in range(total)))
        while len(acknowledged) < total // 3:  # noqa: ASYNC110 - each answer would have to tell
            await asyncio.sleep(0.002)
        await asyncio.to_thread(kill, process)
        await sending
    before = sorted(acknowledged)
    process, address = await asyncio.to_thread(start, tmp_path)
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        for number in before:
            given = {"title": "a", "body": "a", "classification": "COMPLAINT", "idempotencyKey": f"k{number}"}
            found = await ask(http, SUBMIT, given | {"attachmentIds": [uploads[number]["attachmentId"]]})
            [file] = found["complaint"]["attachments"]
            content = (await http.get(file["url"])).content
            assert len(content) == file["size"]
            assert opened(content).size == (400 + number, 300)
        await asyncio.gather(*(send(number, http) for number in range(total)))
    process.terminate()
    process.communicate()
    assert sorted(acknowledged) == list(range(total))
