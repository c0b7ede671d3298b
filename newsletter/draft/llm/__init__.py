"""Door: one file for each kind of language model service."""

from newsletter.draft.model import LanguageModel, Mode
from newsletter.hand import Model

OPENAI = "https://api.openai.com/v1"
"""Where ``model.base_url`` is not given."""


def open_model(settings: Model, key: str | None) -> LanguageModel:
    """Make the configured model.

    Parameters
    ----------
    settings : Model
        The ``model`` section of config.yaml.
    key : str or None
        From NEWSLETTER_MODEL_KEY.

    Raises
    ------
    ConfigError
        If the address is not safe or a key is missing or unusable.
    """
    from newsletter.draft.llm.compatible import CompatibleModel

    return CompatibleModel(
        settings.name,
        settings.base_url or OPENAI,
        key,
        timeout=settings.timeout_seconds,
        retries=settings.retries,
        mode=None if settings.mode == "auto" else Mode(settings.mode),
    )
