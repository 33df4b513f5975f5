"""The rate limit: how much each message costs, and what is left.

A limit is a bucket that holds ``burst`` messages and fills up again at an even pace
(the generic cell rate algorithm, as in ITU-T I.371). What is kept of a bucket is the
moment at which it will be full again; times are whole microseconds, so nothing is ever
rounded away.
"""

from dataclasses import dataclass

#: In microseconds.
_MINUTE = 60_000_000
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages per minute, and *burst* of them at once after a pause."""

    per_minute: int
    burst: int

    @property
    def cost(self) -> int:
        """Microseconds until one message more is allowed."""
        return -(-_MINUTE // self.per_minute)


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of one limit after a message was counted, or refused.

    :param policy: what the limit is called in headers, ``"user"``
    :param ahead: microseconds until the bucket is full
    """

    policy: str
    rate: Rate
    ahead: int

    @property
    def remaining(self) -> int:
        """How many messages may be sent right now."""
        return max(0, self.rate.burst - -(-self.ahead // self.rate.cost))

    @property
    def seconds(self) -> int:
        """Seconds until one message more may be sent than now."""
        level = (self.rate.burst - self.remaining - 1) * self.rate.cost
        return max(0, -(-(self.ahead - level) // _SECOND))


def response_headers(balances: list[Balance]) -> dict[str, str]:
    """Return the headers that tell a client about its limits.

    As of draft-ietf-httpapi-ratelimit-headers-11: a quota is a whole bucket, its window
    the time in which an empty one fills up.
    """
    policies, limits = [], []
    for balance in balances:
        rate = balance.rate
        window = -(-rate.burst * rate.cost // _SECOND)
        policies.append(f'"{balance.policy}";q={rate.burst};w={window}')
        limits.append(f'"{balance.policy}";r={balance.remaining};t={balance.seconds}')
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(limits)}
