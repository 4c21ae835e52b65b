"""Most tests here are about one message at a time: everybody was introduced long ago, and there is no word to staff at
opening. Tests of the whole cadence are marked `whole_cadence`."""

from dataclasses import replace

import pytest

from followups import gates
from followups.kinds import KINDS
from followups.models import KindName
from intake.models import CallbackRequest


@pytest.fixture(autouse=True)
def one_message_at_a_time(request, monkeypatch):
    if request.node.get_closest_marker("whole_cadence"):
        return
    for name in (KindName.OPT_IN, KindName.STAFF_DIGEST):
        monkeypatch.setitem(KINDS, name, replace(KINDS[name], called_for=lambda now: CallbackRequest.objects.none()))
    rest = [gate for gate in gates.PERSON_GATES if gate is not gates._introduced]
    monkeypatch.setattr(gates, "PERSON_GATES", rest)
