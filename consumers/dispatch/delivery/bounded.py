"""What came back on a call, as far as anybody has a reason to send it."""

import httpx

LARGEST_ANSWER = 512 * 1024
NOT_KEPT = b"[not kept]"
"""In the place of an answer of which nothing is kept: it said something, an empty one does not."""


async def bounded(response: httpx.Response) -> bytes | None:
    """Return the answer's body, None where it is larger; it is not read to its end then."""
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            return None
    return bytes(content)
