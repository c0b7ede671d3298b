"""A model and its service on loopback, for the contract of the door."""

import pytest
from llm_support import Answer, FakeService, request

from newsletter.draft.llm.compatible import CompatibleModel
from newsletter.draft.model import ModelError

KEY = "sk-test-0123456789abcdefghijklmnop"
GOOD_ANSWER = Answer()


class Asked:
    """A model with its service, pauses written down instead of slept."""

    def __init__(self, script=(GOOD_ANSWER,), model=None, **service):
        self.service = FakeService(script, **service)
        self.settings = model or {}
        self.pauses, self.pieces = [], []

    def __enter__(self):
        self.service.__enter__()
        settings = {"sleep": self.pauses.append, "jitter": lambda: 1.0} | self.settings
        self.model = CompatibleModel("fake", self.service.base_url, KEY, **settings)
        return self

    def __exit__(self, *problem):
        self.service.__exit__(*problem)

    def complete(self, seconds=30.0, **changes):
        return self.model.complete(request(**changes), seconds, self.pieces.append)

    def fault(self, seconds=30.0, **changes):
        with pytest.raises(ModelError) as caught:
            self.complete(seconds, **changes)
        return caught.value

    @property
    def modes(self):
        return self.service.modes

    @property
    def bodies(self):
        return [seen.body for seen in self.service.requests]
