"""Which test files take longest: they are begun with.

`make test` gives whole files to its workers, in the order in which they stand. A file of a
minute that is begun last keeps one worker busy while the others have nothing left to do.
"""

from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
HEAVY: Final = (
    "life/test_memory_over_sessions.py",
    "life/test_life_of_a_briefing.py",
    "contract/test_compute_measures.py",
    "contract/test_preview_desk.py",
    "life/test_progress_is_seen_elsewhere.py",
    "life/test_first_hour.py",
    "contract/test_evening_killed.py",
    "property/test_preflight_work.py",
    "contract/test_desk_pages.py",
    "property/test_draft_forms.py",
    "contract/test_backup.py",
    "contract/test_preflight_paraphrases.py",
    "unit/test_cli_errors.py",
    "contract/test_workers.py",
    "contract/test_worker_namespaces.py",
    "life/test_docs_commands.py",
    "contract/test_desk_api.py",
    "life/test_a_model_writes.py",
    "contract/test_desk_writing.py",
    "contract/test_compute_hostile.py",
    "contract/test_desk_doors.py",
    "contract/test_desk_pause.py",
    "contract/test_desk_anew.py",
    "contract/test_engine_contract.py",
    "unit/test_cli_desk.py",
    "unit/test_cli_overrides.py",
    "life/test_overrides_and_sources.py",
    "contract/test_desk_journeys.py",
    "unit/test_compute_ledger.py",
    "contract/test_preflight_mutants.py",
    "contract/test_provider_contract.py",
    "contract/test_mail_standards.py",
    "contract/test_compute_oracles.py",
    "unit/test_reference.py",
    "unit/test_inspect_document.py",
    "contract/test_render_charts.py",
    "property/test_draft_house.py",
    "unit/test_preview_parts.py",
    "contract/test_desk_sign_on.py",
    "contract/test_desk_correct.py",
    "property/test_two_years_of_timekeepers.py",
    "contract/test_postgresql_house.py",
    "contract/test_desk_telling.py",
    "contract/test_preview_live.py",
    "contract/test_seed_audit.py",
    "contract/test_web_edition.py",
    "contract/test_public_http.py",
    "property/test_send_properties.py",
    "contract/test_alerts.py",
    "contract/test_public_look.py",
    "contract/test_reload.py",
    "unit/test_signal_rotation_map.py",
    "contract/test_published_figures.py",
    "unit/test_proofing.py",
    "contract/test_left.py",
    "unit/test_preflight_compliance.py",
    "contract/test_collect_drill.py",
    "life/test_evenings_with_faults.py",
    "contract/test_desk_people.py",
)
"""Those of more than some five seconds of a processor, the longest first."""


def heaviest_first(items: list) -> None:
    """Sort tests so that those of the longest files come first; within a file none moves."""
    place = {TESTS / name: number for number, name in enumerate(HEAVY)}
    items.sort(key=lambda item: place.get(item.path, len(place)))
