"""The entrance: signing in and out, the second factor, invitations.

What is wrong is told in the same words whether or not somebody of that name exists.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from markupsafe import Markup
from starlette.responses import RedirectResponse

from newsletter.desk.admission import ANYBODY, Visit
from newsletter.desk.newsroom import newsroom
from newsletter.desk.security.login import ENDED, NO_INVITATION, Outcome, Step
from newsletter.desk.security.sessions import COOKIE, cookie, no_cookie
from newsletter.errors import NewsletterError, NotFound

router = APIRouter(include_in_schema=False)
Anybody = Annotated[Visit | None, Depends(ANYBODY)]
Text = Annotated[str, Form(max_length=600)]
WAY: Final = {Step.CODE: "/login/code", Step.ENROL: "/login/enrol"}
STATUS: Final = {Step.REFUSED: 401, Step.LOCKED: 429, Step.ENDED: 401}


@router.get("/login")
def door(request: Request, visit: Anybody, then: str = "/") -> Response:
    """Show the form."""
    if visit is not None:
        return RedirectResponse(_inside(then), 303)
    return newsroom(request).page(request, None, "login", said="", who="", then=_inside(then))


@router.post("/login")
def sign_in(
    request: Request, visit: Anybody, who: Text, password: Text, then: Text = "/"
) -> Response:
    """Ask for the second factor, or tell what is wrong."""
    del visit
    desk = newsroom(request)
    try:
        found = desk.guard.login.password(
            who, password, ip=_address(request), agent=_agent(request), replacing=_token(request)
        )
    except NewsletterError as error:  # too many at once
        found = Outcome(Step.LOCKED, str(error))
    if found.step in STATUS:
        words = {"said": found.words, "who": who[:254], "then": _inside(then)}
        return desk.page(request, None, "login", STATUS[found.step], **words)
    return _go_on(found, then)


@router.get("/login/code")
def ask_code(request: Request, visit: Anybody, then: str = "/") -> Response:
    """Show the form for the code."""
    del visit
    return newsroom(request).page(request, None, "code", said="", then=_inside(then))


@router.post("/login/code")
def give_code(request: Request, visit: Anybody, code: Text, then: Text = "/") -> Response:
    """Let them in."""
    del visit
    desk = newsroom(request)
    found = desk.guard.login.code(_token(request), code, ip=_address(request))
    if found.step is Step.ENDED:
        return desk.page(request, None, "login", 401, said=ENDED, who="", then=_inside(then))
    if found.step in STATUS:
        status, words = STATUS[found.step], {"said": found.words, "then": _inside(then)}
        return desk.page(request, None, "code", status, **words)
    return _go_on(found, then)


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
    found = desk.guard.login.enrol(_token(request), code, ip=_address(request))
    if found.step in STATUS:
        return _offer(request, found.words, then, STATUS[found.step])
    answer = desk.page(request, None, "recovery", codes=found.recovery, then=_inside(then))
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
            token, password, agent=_agent(request), replacing=_token(request)
        )
    except NewsletterError as error:
        return _welcome(request, token, str(error))
    if found.step in STATUS:
        raise NotFound(found.words)
    return _go_on(found, "/")


@router.post("/logout")
def sign_out(request: Request, visit: Anybody) -> Response:
    """End the session."""
    del visit
    newsroom(request).guard.login.leave(_token(request), ip=_address(request))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(**no_cookie())
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _offer(request: Request, said: str, then: str, status: int = 200) -> Response:
    desk = newsroom(request)
    offer = desk.guard.login.enrolment(_token(request))
    if offer is None:
        return desk.page(request, None, "login", 401, said=ENDED, who="", then=_inside(then))
    picture = Markup(offer.svg)  # noqa: S704 - drawn here from our own key, nothing typed in it
    words = {"said": said, "then": _inside(then), "key": offer.secret, "picture": picture}
    return desk.page(request, None, "enrol", status, **words)


def _welcome(request: Request, token: str, said: str) -> Response:
    desk = newsroom(request)
    invitation = desk.guard.invitations.find(token)
    if invitation is None:
        raise NotFound(NO_INVITATION)
    words = {"said": said, "token": token, "name": invitation.editor}
    return desk.page(request, None, "invitation", 422 if said else 200, **words)


def _go_on(found: Outcome, then: str) -> Response:
    then = _inside(then)
    way = WAY.get(found.step, then)
    answer = RedirectResponse(f"{way}?then={then}" if way != then and then != "/" else way, 303)
    answer.set_cookie(**cookie(found.token))
    return answer


def _inside(then: str) -> str:
    """Return where to go after signing in: a path of the desk's own, and nothing else."""
    good = then.startswith("/") and not then.startswith(("//", "/login")) and "\\" not in then
    return then if good and then.isprintable() else "/"


def _token(request: Request) -> str | None:
    return request.cookies.get(COOKIE)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
