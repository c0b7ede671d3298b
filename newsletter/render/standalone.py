"""The mail as one file that any browser shows: for preview, the desk and export."""

import base64

from newsletter.render.rendered import Rendered


def standalone_html(rendered: Rendered) -> str:
    """Return the HTML part with its pictures inside.

    Parameters
    ----------
    rendered : Rendered
        The mail, whose HTML names pictures as ``cid:NAME``.

    Returns
    -------
    str
        The same document with ``data:`` addresses. Never send it: Gmail drops them.
    """
    html = rendered.html
    for image in rendered.images:
        data = base64.b64encode(image.png).decode()
        html = html.replace(f'src="cid:{image.name}"', f'src="data:image/png;base64,{data}"')
    return html
