"""What the way is walked with: made once, in `app.py`, and handed to whoever needs it."""

from __future__ import annotations

from dataclasses import dataclass, field

from qalqan.assess.policy import Policy
from qalqan.flow.figures import Figures
from qalqan.flow.lexicons import Lexicons
from qalqan.flow.policies import Policies
from qalqan.isolate import Isolate
from qalqan.match.contract import Matcher
from qalqan.settings import Settings
from qalqan.signals.contract import Desk, Extractor
from qalqan.sources.contract import Reader
from qalqan.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running Qalqan."""

    settings: Settings
    store: Store
    isolate: Isolate
    readers: tuple[Reader, ...]
    extractors: tuple[Extractor, ...]
    matchers: tuple[Matcher, ...]
    policies: Policies
    lexicons: Lexicons
    later: tuple[Extractor, ...] = ()
    """Extractors that read files in the background (`flow.later`); `extractors` read them while a scan is walked."""

    figures: Figures = field(default_factory=Figures)
    """What decisions say of agreement and precision, as it was measured last."""

    @property
    def policy(self) -> Policy:
        """The policy in force. Who weighs asks `policies.within` for it once a transaction."""
        return self.policies.current()

    def desk(self) -> Desk:
        """Return what extractors may use, with the lexicon now in force."""
        return Desk(self.settings.limits, self.isolate, self.lexicons.current())

    def close(self) -> None:
        """End the child processes and give the connections back."""
        self.isolate.close()
        self.store.close()
