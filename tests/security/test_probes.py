"""What an access record hides is reached by no way that anybody has thought of."""

import base64
import json
import re

import pytest
from company import CANARY, PRICE, told
from probes import PROBES, ask, filled

#: Everything that is hidden is one of these, wherever it is written.
_SECRETS = (CANARY, f"{PRICE:.2f}", "3249900", "+32 499 00")
#: Signed, not secret: what a handle holds can be read by whoever has it.
_WORD = re.compile(rf"{CANARY}[a-z0-9@.]*|nothing-like-it")
_HANDLE = re.compile(r"[A-Za-z0-9_-]{40,}")


def _leaks(answer):
    """Return the secrets in an answer, those inside of handles too."""
    text = told(answer)
    for handle in _HANDLE.findall(json.dumps(answer)):
        whole = handle[: len(handle) // 4 * 4]
        text += base64.urlsafe_b64decode(whole).decode(errors="ignore").lower()
    return [secret for secret in _SECRETS if secret in text]


def _differ(caller, probe, ids):
    """Return whether the right and the wrong guess are answered differently."""
    right = ask(caller, probe, ids)
    wrong = ask(caller, probe, ids, probe.other)
    # what a client has said itself may be said back to it
    said = [told(filled(params, ids)) for params in (probe.params, probe.other)]
    words = sorted({*_WORD.findall(" ".join(said))}, key=len, reverse=True)
    answers = [told(right), told(wrong)]
    for word in words:
        answers = [answer.replace(word, "…") for answer in answers]
    return answers[0] != answers[1], right


@pytest.fixture(scope="module", params=["demo", "admin"])
def login(request):
    return request.param


@pytest.fixture(scope="module")
def without_records(house, login):
    """{name: whether the probe reaches something} where nothing is hidden."""
    house.lock(False)
    with house.caller(login) as caller:
        return {
            probe.name: (
                _differ(caller, probe, house.ids)[0]
                if probe.other
                else bool(_leaks(ask(caller, probe, house.ids)))
            )
            for probe in PROBES
        }


def test_there_are_as_many_ways_as_promised():
    assert len({probe.name for probe in PROBES}) == len(PROBES) >= 60


def test_nothing_that_is_hidden_is_reached(house, login, without_records, tell):
    house.lock(True)
    leaks = []
    with house.caller(login) as caller:
        for probe in PROBES:
            if probe.other:
                differs, answer = _differ(caller, probe, house.ids)
                found = ["an answer that differs"] if differs else []
            else:
                answer = ask(caller, probe, house.ids)
                found = _leaks(answer)
            if found:
                leaks.append(f"{probe.name}: {', '.join(found)}: {told(answer)[:300]}")
    reached = sum(without_records.values())
    tell(
        f"security: {len(PROBES)} probes as {login}: {len(leaks)} leaks; where nothing "
        f"is hidden, {reached} of them reach something"
    )
    assert not leaks, "\n".join(leaks)


def test_the_ways_lead_somewhere_where_nothing_is_hidden(login, without_records):
    """A probe that reaches nothing anyway shows nothing."""
    if login == "demo":
        pytest.skip("demo's own rights end some of the ways")
    idle = [p.name for p in PROBES if p.works and not without_records[p.name]]
    assert not idle
