"""Hooks: delivery services report here what became of mail; nothing is believed unproved."""

import logging
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.errors import NotFound
from newsletter.public.asked import Asked
from newsletter.public.site import Site
from newsletter.send.events import Forged

_log = logging.getLogger(__name__)


def report(site: Site, asked: Asked) -> Response:
    """Take a service's report: 200 once its events are kept, 401 where it is not the service's."""
    name = asked.path["id"]
    try:
        site.house.hooked(name, asked.body, asked.headers)
    except NotFound as error:
        raise HTTPException(404, "There is no such hook; hooks.accept opens one.") from error
    except Forged:
        _log.warning("A call of the hook %s was not its service's.", name)
        return Response(status_code=HTTPStatus.UNAUTHORIZED)
    except ValueError:
        # The service would send the same again for days; what it holds is told to nobody.
        _log.warning("A genuine call of the hook %s could not be read.", name)
    return Response(status_code=HTTPStatus.OK)
