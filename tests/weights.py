"""Which test files take longest: they are begun with.

`make test` gives whole files to its workers, in the order in which they stand. A file of a
minute that is begun last keeps one worker busy while the others have nothing left to do.
"""

from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
HEAVY: Final = (
    "contract/test_desk_pages.py",
    "life/test_memory_over_sessions.py",
    "life/test_progress_is_seen_elsewhere.py",
    "contract/test_compute_measures.py",
    "contract/test_preview_desk.py",
    "life/test_life_of_a_briefing.py",
    "contract/test_preview_live.py",
    "contract/test_desk_doors.py",
    "property/test_draft_house.py",
    "contract/test_desk_pause.py",
    "contract/test_preflight_mutants.py",
    "property/test_draft_forms.py",
    "life/test_docs_commands.py",
    "unit/test_reference.py",
    "unit/test_cli_errors.py",
    "life/test_first_hour.py",
    "life/test_a_model_writes.py",
    "contract/test_compute_hostile.py",
    "unit/test_cli_desk.py",
    "unit/test_cli_overrides.py",
    "contract/test_desk_writing.py",
    "property/test_preflight_work.py",
    "contract/test_preflight_paraphrases.py",
    "contract/test_workers.py",
    "contract/test_evening_killed.py",
    "contract/test_engine_contract.py",
    "contract/test_public_http.py",
    "unit/test_compute_ledger.py",
    "contract/test_mail_standards.py",
    "unit/test_preview_parts.py",
    "contract/test_desk_anew.py",
    "contract/test_desk_sign_on.py",
    "contract/test_provider_contract.py",
    "unit/test_inspect_document.py",
    "contract/test_compute_oracles.py",
    "contract/test_desk_telling.py",
    "life/test_evenings_with_faults.py",
    "property/test_two_years_of_timekeepers.py",
    "contract/test_desk_correct.py",
    "contract/test_desk_people.py",
    "contract/test_render_charts.py",
)
"""Those of more than some ten seconds, the longest first (`pytest --durations=0` tells)."""


def heaviest_first(items: list) -> None:
    """Sort tests so that those of the longest files come first; within a file none moves."""
    place = {TESTS / name: number for number, name in enumerate(HEAVY)}
    items.sort(key=lambda item: place.get(item.path, len(place)))
