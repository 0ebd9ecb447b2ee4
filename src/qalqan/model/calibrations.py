"""How often a bank matches what it should not: measured on things known to be harmless."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from qalqan.model.ids import Id


@dataclass(frozen=True, slots=True)
class Calibration:
    """One stage of one bank, asked about distractors: things of which none is in the bank."""

    id: Id
    bank_id: Id
    stage: str
    distractors: str
    """What was asked about, in words: `420 files of /photos/harmless`."""
    asked: int
    """Distractors that the stage could look at."""
    wrong: int
    """How many of them it took for something known."""
    nearest: tuple[int, ...]
    """For stages that count bits: at place n, how many distractors' nearest entry was n bits away, up to 31."""
    culprits: tuple[tuple[Id, int], ...]
    """The entries that were found wrongly, the most often first, each with how often."""
    by: str
    at: datetime

    @property
    def rate(self) -> float | None:
        """The share of distractors that matched; None where none was asked."""
        return self.wrong / self.asked if self.asked else None

    @property
    def at_most(self) -> float | None:
        """The rate that is not exceeded, with 95 % certainty: Wilson's upper bound, or 3/n where none matched.

        Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927; the rule of
        three: Hanley and Lippman-Hand, JAMA 1983.
        """
        if not self.asked:
            return None
        if not self.wrong:
            return min(1.0, 3.0 / self.asked)
        z, n, share = 1.645, self.asked, self.wrong / self.asked
        middle = share + z * z / (2 * n)
        spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return min(1.0, (middle + spread) / (1 + z * z / n))
