"""The entrance through a provider of identities: there, back, and out of it again.

All three are visits by GET, as the protocol has them: what comes back is good once, in the
browser that was sent, and only with what it carries in a sealed cookie.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from newsletter.desk.admission import ANYBODY, Visit
from newsletter.desk.newsroom import newsroom
from newsletter.desk.rooms.entrance import (
    STATUS,
    address_of,
    agent_of,
    at_the_door,
    go_on,
    inside,
    token_of,
)
from newsletter.desk.security.oidc import BACK, COOKIE, LASTS, Away, SingleSignOn, Visitor
from newsletter.errors import NotFound

router = APIRouter(include_in_schema=False)
Anybody = Annotated[Visit | None, Depends(ANYBODY)]
UNREACHED: Final = 503
_LONGEST: Final = 600
_CARRIED: Final[dict[str, Any]] = {
    "key": COOKIE, "path": "/", "secure": True, "httponly": True, "samesite": "lax",
}  # fmt: skip


@router.get("/login/sso")
def there(request: Request, visit: Anybody, then: str = "/") -> Response:
    """Send a visitor to the provider."""
    then = inside(then) if len(then) <= _LONGEST else "/"
    if visit is not None:
        return RedirectResponse(then, 303)
    try:
        begun = _way(request).begin(then)
    except Away as error:
        return at_the_door(request, UNREACHED, str(error), then)
    answer = RedirectResponse(begun.url, 303)
    answer.set_cookie(**_CARRIED, value=begun.cookie, max_age=int(LASTS.total_seconds()))
    return answer


@router.get(BACK)
def back(request: Request, visit: Anybody) -> Response:
    """Let in whom the provider vouches for."""
    del visit
    visitor = Visitor(address_of(request), agent_of(request), token_of(request))
    query, then = dict(request.query_params), "/"
    if len(query) != len(request.query_params.multi_items()):
        query = {}  # something is said twice, and nobody knows which one counts
    try:
        came = _way(request).finish(query, request.cookies.get(COOKIE, ""), visitor)
        then, found = came.then, came.outcome
        if found.step in STATUS:
            answer = at_the_door(request, STATUS[found.step], found.words, then)
        else:
            answer = go_on(found, then)
    except Away as error:
        answer = at_the_door(request, UNREACHED, str(error), then)
    answer.delete_cookie(**_CARRIED)
    return answer


@router.get("/login/sso/leave")
def leave(request: Request, visit: Anybody) -> Response:
    """Send whoever has signed out of the desk on to sign out of the provider."""
    del visit
    try:
        way = _way(request).leaving()
    except Away as error:
        return at_the_door(request, UNREACHED, str(error), "/")
    if not way:
        raise NotFound("The provider has no way out of its own; sign out of it there.")
    return RedirectResponse(way, 303)


def _way(request: Request) -> SingleSignOn:
    found = newsroom(request).single_sign_on
    if found is None:
        raise NotFound("This desk has no single sign-on; sign in with name and password.")
    return found
