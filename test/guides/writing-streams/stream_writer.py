import asyncio
import json

from redis.asyncio import Redis
from redis.exceptions import ConnectionError, TimeoutError


class StreamWriter:
    """Appends a run's events in order; the model's loop never waits for Redis."""

    def __init__(self, redis: Redis, run_id: str, ttl: int = 3600):
        self.redis, self.ttl = redis, ttl
        self.key = f"agent_run:{run_id}:responses"
        self.bell = f"agent_run:{run_id}:new_response"
        self.queue: asyncio.Queue = asyncio.Queue(maxsize=10_000)
        self.task = asyncio.create_task(self._send())

    async def write(self, event: dict) -> None:
        if self.task.done():
            self.task.result()  # raises what it failed with
        await self.queue.put(json.dumps(event))  # waits only while 10,000 are under way

    async def close(self) -> None:
        await self.queue.put(None)
        await self.task

    async def _send(self) -> None:
        try:
            length, is_open = await self.redis.llen(self.key), True
            while is_open:
                batch = self._taken(await self.queue.get())
                is_open = batch[-1] is not None
                if events := [event for event in batch if event is not None]:
                    length = await self._append(events, length)
        finally:
            self._taken()  # whoever waits for room is let go, and learns of it with the next event

    def _taken(self, *batch: object) -> list:
        taken = list(batch)
        while not self.queue.empty():  # all that came while the last batch was under way
            taken.append(self.queue.get_nowait())
        return taken

    async def _append(self, events: list[str], length: int) -> int:
        tried = False
        while True:
            try:
                # The answer may have got lost and the events not: MULTI writes all of them or none.
                if tried and await self.redis.llen(self.key) > length:
                    return length + len(events)
                tried = True
                async with self.redis.pipeline(transaction=True) as pipe:
                    pipe.rpush(self.key, *events).expire(self.key, self.ttl)
                    pipe.publish(self.bell, "new")
                    await pipe.execute()
                return length + len(events)
            except (ConnectionError, TimeoutError):
                await asyncio.sleep(0.2)
