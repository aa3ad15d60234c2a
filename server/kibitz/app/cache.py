"""The cache of REST's answers, as the settings want it."""

from kibitz.app.datadir import StartError
from kibitz.clock import Clock
from kibitz.config import Settings
from kibitz.http.cache.entry import CacheConfig, Place
from kibitz.http.cache.local import LocalStorage
from kibitz.http.cache.memory import MemoryStorage
from kibitz.http.cache.redis import RedisMissing, RedisStorage
from kibitz.http.cache.responses import ResponseCache
from kibitz.http.cache.rules import RULES
from kibitz.http.cache.storage import NoStorage, Storage
from kibitz.metrics.names import HTTP_CACHE
from kibitz.metrics.registry import Metrics

MIB = 1024 * 1024


async def open_cache(settings: Settings, clock: Clock, metrics: Metrics) -> ResponseCache:
    """Open, and to be closed by the caller. Raises `StartError`."""
    config = CacheConfig(Place(settings.cache), RULES, settings.cache_mib * MIB, settings.redis_url)
    storage = _storage(config, settings)
    took = metrics.histogram(HTTP_CACHE) if settings.telemetry_on else None
    cache = ResponseCache(storage, clock, config.rules, metrics.cache, took)
    await cache.open()
    return cache


def _storage(config: CacheConfig, settings: Settings) -> Storage:
    match config.place:
        case Place.MEMORY:
            return MemoryStorage(config.bytes_max)
        case Place.LOCAL:
            return LocalStorage(settings.data / "cache.sqlite", config.bytes_max)
        case Place.OFF:
            return NoStorage()
        case Place.REDIS:
            if not config.redis_url:
                raise StartError("With cache = redis the setting redis_url has to name the Redis.")
            try:
                return RedisStorage(config.redis_url)
            except RedisMissing:
                raise StartError(
                    "The packages for a cache in Redis are not installed: pip install 'kibitz[redis]'."
                ) from None
