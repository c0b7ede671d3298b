"""The entrance: signing in and out, the second factor, invitations.

What is wrong is told in the same words whether or not somebody of that name exists.
"""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from markupsafe import Markup
from starlette.responses import RedirectResponse

from newsletter.desk.admission import ANYBODY, Visit
from newsletter.desk.newsroom import newsroom
from newsletter.desk.security.login import ENDED, NO_INVITATION, NO_PASSWORDS, Outcome, Step
from newsletter.desk.security.sessions import COOKIE, cookie, no_cookie
from newsletter.errors import NewsletterError, NotFound

router = APIRouter(include_in_schema=False)
Anybody = Annotated[Visit | None, Depends(ANYBODY)]
Text = Annotated[str, Form(max_length=600)]
WAY: Final = {Step.CODE: "/login/code", Step.ENROL: "/login/enrol"}
STATUS: Final = {Step.REFUSED: 401, Step.LOCKED: 429, Step.ENDED: 401}


@router.get("/login")
def door(request: Request, visit: Anybody, then: str = "/", left: str = "") -> Response:
    """Show the form; whoever has just left is shown the way out of the provider, too."""
    if visit is not None:
        return RedirectResponse(inside(then), 303)
    return at_the_door(request, 200, "", then, left=bool(left))


@router.post("/login")
def sign_in(
    request: Request, visit: Anybody, who: Text, password: Text, then: Text = "/"
) -> Response:
    """Ask for the second factor, or tell what is wrong."""
    del visit
    desk = newsroom(request)
    try:
        found = desk.guard.login.password(
            who,
            password,
            ip=address_of(request),
            agent=agent_of(request),
            replacing=token_of(request),
        )
    except NewsletterError as error:  # too many at once
        found = Outcome(Step.LOCKED, str(error))
    if found.step in STATUS:
        return at_the_door(request, STATUS[found.step], found.words, then, who[:254])
    return go_on(found, then)


@router.get("/login/code")
def ask_code(request: Request, visit: Anybody, then: str = "/") -> Response:
    """Show the form for the code."""
    del visit
    return newsroom(request).page(request, None, "code", said="", then=inside(then))


@router.post("/login/code")
def give_code(request: Request, visit: Anybody, code: Text, then: Text = "/") -> Response:
    """Let them in."""
    del visit
    desk = newsroom(request)
    found = desk.guard.login.code(token_of(request), code, ip=address_of(request))
    if found.step is Step.ENDED:
        return at_the_door(request, 401, ENDED, then)
    if found.step in STATUS:
        status, words = STATUS[found.step], {"said": found.words, "then": inside(then)}
        return desk.page(request, None, "code", status, **words)
    return go_on(found, then)


@router.get("/login/enrol")
def offer_factor(request: Request, visit: Anybody, then: str = "/") -> Response:
    """Show the picture that an authenticator reads."""
    del visit
    return _offer(request, "", then)


@router.post("/login/enrol")
def take_factor(request: Request, visit: Anybody, code: Text, then: Text = "/") -> Response:
    """Switch the second factor on, and show the recovery codes this one time."""
    del visit
    desk = newsroom(request)
    found = desk.guard.login.enrol(token_of(request), code, ip=address_of(request))
    if found.step in STATUS:
        return _offer(request, found.words, then, STATUS[found.step])
    answer = desk.page(request, None, "recovery", codes=found.recovery, then=inside(then))
    answer.set_cookie(**cookie(found.token))
    return answer


@router.get("/invitation/{token}")
def invited(request: Request, visit: Anybody, token: str) -> Response:
    """Show the form for a first password; looking uses nothing up."""
    del visit
    return _welcome(request, token, "")


@router.post("/invitation/{token}")
def accept(request: Request, visit: Anybody, token: str, password: Text, again: Text) -> Response:
    """Keep the password, and go on to the second factor."""
    del visit
    desk = newsroom(request)
    if password != again:
        return _welcome(request, token, "The two differ; type the same twice.")
    try:
        found = desk.guard.login.accept_invitation(
            token, password, agent=agent_of(request), replacing=token_of(request)
        )
    except NewsletterError as error:
        return _welcome(request, token, str(error))
    if found.step in STATUS:
        raise NotFound(found.words)
    return go_on(found, "/")


@router.post("/logout")
def sign_out(request: Request, visit: Anybody) -> Response:
    """End the session."""
    del visit
    newsroom(request).guard.login.leave(token_of(request), ip=address_of(request))
    settings = newsroom(request).house.config.desk.oidc
    answer = RedirectResponse("/login?left=1" if settings and settings.logout else "/login", 303)
    answer.delete_cookie(**no_cookie())
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def at_the_door(
    request: Request, status: int, said: str, then: str, who: str = "", *, left: bool = False
) -> Response:
    """Return the form of the entrance, with every way in that there is.

    Parameters
    ----------
    request : Request
        Who asks.
    status : int
        Of the answer.
    said : str
        What is wrong, if anything is.
    then : str
        Where they want to go.
    who : str
        The name they have typed.
    left : bool
        Whether they have just signed out.
    """
    desk = newsroom(request)
    settings = desk.house.config.desk.oidc
    words = {"said": said, "who": who, "then": inside(then), "left": left}
    return desk.page(
        request, None, "login", status, sign_on=settings, by_password=desk.by_password, **words
    )


def _offer(request: Request, said: str, then: str, status: int = 200) -> Response:
    desk = newsroom(request)
    offer = desk.guard.login.enrolment(token_of(request))
    if offer is None:
        return at_the_door(request, 401, ENDED, then)
    picture = Markup(offer.svg)  # noqa: S704 - drawn here from our own key, nothing typed in it
    words = {"said": said, "then": inside(then), "key": offer.secret, "picture": picture}
    return desk.page(request, None, "enrol", status, **words)


def _welcome(request: Request, token: str, said: str) -> Response:
    desk = newsroom(request)
    if not desk.by_password:
        raise NotFound(NO_PASSWORDS)
    invitation = desk.guard.invitations.find(token)
    if invitation is None:
        raise NotFound(NO_INVITATION)
    words = {"said": said, "token": token, "name": invitation.editor}
    return desk.page(request, None, "invitation", 422 if said else 200, **words)


def go_on(found: Outcome, then: str) -> Response:
    """Return the way to the next step of a login, its cookie sent along."""
    then = inside(then)
    way = WAY.get(found.step, then)
    further = f"?then={quote(then, safe='/')}" if way != then and then != "/" else ""
    answer = RedirectResponse(f"{way}{further}", 303)
    answer.set_cookie(**cookie(found.token))
    return answer


def inside(then: str) -> str:
    """Return where to go after signing in: a path of the desk's own, and nothing else."""
    good = then.startswith("/") and not then.startswith(("//", "/login")) and "\\" not in then
    return then if good and then.isprintable() else "/"


def token_of(request: Request) -> str | None:
    """Return the session's token that a browser came with."""
    return request.cookies.get(COOKIE)


def address_of(request: Request) -> str:
    """Return where a request comes from."""
    return request.client.host if request.client else ""


def agent_of(request: Request) -> str:
    """Return what the browser calls itself."""
    return request.headers.get("user-agent", "")
