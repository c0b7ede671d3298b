"""Spans: what a flow and its stages took, for whoever collects traces.

Nothing of OpenTelemetry is loaded where `telemetry.otlp_url` is not given.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from newsletter.errors import ConfigError

EXTRA: Final = "pip install 'rotation-newsletter[otel]'"
_tracers: list[Any] = []


def span(name: str, **attributes: str) -> AbstractContextManager[Any]:
    """Tell of a piece of work while the block lasts; nothing where nobody listens.

    Parameters
    ----------
    name : str
        What is done; a fixed name.
    **attributes
        Keys of editions and the like; no reader, no secret.
    """
    return _span(_tracers[-1], name, attributes) if _tracers else nullcontext()


@contextmanager
def _span(tracer: Any, name: str, attributes: dict[str, str]) -> Iterator[Any]:
    from opentelemetry.trace import StatusCode

    with tracer.start_as_current_span(
        name, attributes={f"newsletter.{key}": value for key, value in attributes.items()},
        record_exception=False, set_status_on_exception=False,
    ) as opened:  # fmt: skip
        try:
            yield opened
        except BaseException as error:
            # Its words may name a reader; the log has them, redacted.
            opened.set_status(StatusCode.ERROR, type(error).__name__)
            raise


@contextmanager
def tracing_to(url: str, headers: str | None, version: str, role: str) -> Iterator[None]:
    """Send spans to a collector over OTLP/HTTP while the block lasts.

    Parameters
    ----------
    url : str
        The whole address for traces, such as ``http://127.0.0.1:4318/v1/traces``; empty sends
        nothing and loads nothing.
    headers : str or None
        ``name=value`` pairs between commas, sent along; secret.
    version, role : str
        What runs here, as what.

    Raises
    ------
    ConfigError
        If the library is not installed, or the headers cannot be read.
    """
    if not url:
        yield
        return
    given = _headers(headers or "")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ConfigError(
            f"telemetry.otlp_url is given, and the library for it is missing; install it with "
            f"`{EXTRA}`, or remove the line."
        ) from None
    about = {"service.name": "newsletter", "service.version": version, "newsletter.role": role}
    provider = TracerProvider(resource=Resource(about), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=url, headers=given, timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("newsletter", version)
    _tracers.append(tracer)
    try:
        yield
    finally:
        _tracers.remove(tracer)
        provider.force_flush(2000)
        provider.shutdown()


def _headers(text: str) -> dict[str, str]:
    found = [one.partition("=") for one in text.split(",") if one.strip()]
    if not all(name.strip() and sign for name, sign, _ in found):
        raise ConfigError("NEWSLETTER_OTLP_HEADERS must be pairs such as 'name=value,other=value'.")
    return {name.strip().lower(): value.strip() for name, _, value in found}
