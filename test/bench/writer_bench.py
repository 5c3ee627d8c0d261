# One arm of the writer's bench in Python: a model's chunks at a pace, written by awaiting each command or by the recipe
# of the guide. Prints {"events", "seconds"}.
import asyncio
import json
import sys
import time

sys.path.insert(0, sys.argv[1])
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from stream_writer import StreamWriter


async def main(how: str, port: int, run_id: str, events: int, rate: float) -> None:
    redis = Redis(port=port, retry=Retry(NoBackoff(), 0))
    await redis.ping()
    key = f"agent_run:{run_id}:responses"
    writer = StreamWriter(redis, run_id) if how == "recipe" else None
    start = time.perf_counter()
    for n in range(events):
        await asyncio.sleep(max(0.0, start + n / rate - time.perf_counter()))
        event = {"type": "CUSTOM", "name": str(n)}
        if writer:
            await writer.write(event)
        else:
            await redis.rpush(key, json.dumps(event))
            await redis.publish(f"agent_run:{run_id}:new_response", "new")
    if writer:
        await writer.close()
    seconds = time.perf_counter() - start
    print(json.dumps({"events": await redis.llen(key), "seconds": seconds}))
    await redis.aclose() if hasattr(redis, "aclose") else await redis.close()


how, port, run_id, events, rate = sys.argv[2:]
asyncio.run(main(how, int(port), run_id, int(events), float(rate)))
