"""A provider of identities on this machine: Authlib's own server behind a plain HTTP port.

What it does right is Authlib's doing. What a test wants wrong it does by `provider.tamper`,
which is handed each answer before it leaves, or by `provider.claims` and `provider.header`,
which are put over those of the next tokens.
"""

import json
import secrets
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import (
    AuthorizationCodeMixin,
    AuthorizationServer,
    ClientMixin,
    OAuth2Error,
    OAuth2Payload,
    OAuth2Request,
    grants,
)
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from joserfc import jwk, jwt

CLIENT, SECRET = "newsletter", "a secret of 31 letters & signs%"


class _Client(ClientMixin):
    def __init__(self, back, public=False):
        self.client_id, self.back, self.public = CLIENT, back, public

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return self.back

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, uri):
        return uri == self.back

    def check_client_secret(self, secret):
        return secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "none" if self.public else method.startswith("client_secret_")

    def check_response_type(self, kind):
        return kind == "code"

    def check_grant_type(self, kind):
        return kind == "authorization_code"


class _Code(AuthorizationCodeMixin):
    def __init__(self, payload, user):
        data = payload.data
        self.user, self.scope, self.redirect = user, payload.scope, payload.redirect_uri
        self.nonce, self.code_challenge = data.get("nonce"), data["code_challenge"]
        self.code_challenge_method = data["code_challenge_method"]

    def get_redirect_uri(self):
        return self.redirect

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return int(time.time())

    def get_acr(self):
        return self.user.get("acr")

    def get_amr(self):
        return self.user.get("amr")


class _Payload(OAuth2Payload):
    def __init__(self, pairs):
        self._pairs = pairs

    @property
    def data(self):
        return dict(self._pairs)

    @property
    def datalist(self):
        found = defaultdict(list)
        for name, value in self._pairs:
            found[name].append(value)
        return found


class _Request(OAuth2Request):
    def __init__(self, method, uri, headers, body):
        super().__init__(method, uri, headers=headers)
        self.payload = _Payload(parse_qsl(body if method == "POST" else urlsplit(uri).query))
        self._form = dict(parse_qsl(body))

    @property
    def args(self):
        return dict(parse_qsl(urlsplit(self.uri).query))

    @property
    def form(self):
        return self._form


class _Server(AuthorizationServer):
    def __init__(self, provider):
        super().__init__()
        self.provider = provider
        self.register_token_generator(
            "default", BearerTokenGenerator(lambda **_: secrets.token_urlsafe(24))
        )

    def query_client(self, client_id):
        return self.provider.client if client_id == CLIENT else None

    def save_token(self, token, request):
        self.provider.tokens[token["access_token"]] = request.user

    def create_oauth2_request(self, request):
        return request

    def handle_response(self, status, body, headers):
        return status, dict(headers), body

    def send_signal(self, name, *args, **kwargs):
        pass


def _grant(provider):
    class Grant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

        def save_authorization_code(self, code, request):
            provider.codes[code] = _Code(request.payload, request.user)

        def query_authorization_code(self, code, client):
            return provider.codes.get(code)

        def delete_authorization_code(self, code):
            for key in [key for key, one in provider.codes.items() if one is code]:
                del provider.codes[key]

        def authenticate_user(self, code):
            return code.user

    class OpenID(OpenIDCode):
        def exists_nonce(self, nonce, request):
            return any(one.nonce == nonce for one in provider.codes.values())

        def get_client_claims(self, client):
            return {"iss": provider.issuer, "aud": [CLIENT]}

        def get_client_algorithm(self, client):
            return provider.algorithm

        def get_encode_header(self, client):
            return {"alg": provider.algorithm, "kid": provider.key.kid}

        def resolve_client_private_key(self, client):
            return provider.key

        def generate_user_info(self, user, scope):
            told = {} if provider.thin else user
            return UserInfo({"sub": user["sub"]} | told)

        def encode_id_token(self, token, request):
            honest = super().encode_id_token(token, request)
            if not (provider.claims or provider.header):
                return honest
            claims = jwt.decode(honest, provider.key, [provider.algorithm]).claims
            claims |= provider.claims
            return provider.signed({k: v for k, v in claims.items() if v is not None})

    return Grant, [OpenID(require_nonce=True), CodeChallenge(required=True)]


class Provider:
    """The provider; `user` is who sits at the browser and is signed in there.

    Parameters
    ----------
    back : str
        The one address it sends people back to.
    """

    def __init__(self, back):
        self.client = _Client(back)
        self.user = {"sub": "sub-of-bo", "email": "bo@example.com", "email_verified": True}
        self.codes, self.tokens, self.asked = {}, {}, []
        self.claims, self.header, self.thin, self.denies = {}, {}, False, False
        self.ways = ["client_secret_basic", "client_secret_post"]
        self.tamper = lambda path, status, headers, body: (status, headers, body)
        self.rotate("first")
        self.server = _Server(self)
        self.server.register_grant(*_grant(self))
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def rotate(self, kid, kind="RSA"):
        """Sign with a new key from now on, and tell of no other."""
        made = jwk.RSAKey.generate_key if kind == "RSA" else jwk.ECKey.generate_key
        size = 2048 if kind == "RSA" else "P-256"
        self.key = made(size, {"kid": kid, "use": "sig"}, private=True)
        self.algorithm = "RS256" if kind == "RSA" else "ES256"

    def signed(self, claims):
        """Return claims as a token of this provider's."""
        header = {"alg": self.algorithm, "kid": self.key.kid, "typ": "JWT"} | self.header
        return jwt.encode(header, claims, self.key, [header["alg"]])

    def answer(self, method, target, headers, body):
        """Answer one request: status, headers, body."""
        path = urlsplit(target).path
        # As a proxy with TLS before it would have it; Authlib serves nothing else.
        request = _Request(method, f"https://login.example.com{target}", headers, body)
        if path == "/.well-known/openid-configuration":
            return self._json(self.document())
        if path == "/keys":
            return self._json({"keys": [self.key.as_dict(private=False)]})
        if path == "/userinfo":
            user = self.tokens.get(headers.get("Authorization", "").removeprefix("Bearer "))
            return self._json(user) if user else (401, {}, b"")
        if path == "/authorize":
            user = None if self.denies else self.user
            grant = self.server.get_consent_grant(request, end_user=user)
            return self.server.create_authorization_response(request, user, grant)
        if path == "/token":
            return self.server.create_token_response(request)
        return 404, {}, b"nothing here"

    def document(self):
        """Return what it says of itself."""
        at = {
            "authorization_endpoint": "/authorize", "token_endpoint": "/token",
            "jwks_uri": "/keys", "userinfo_endpoint": "/userinfo", "end_session_endpoint": "/out",
        }  # fmt: skip
        return {"issuer": self.issuer, "token_endpoint_auth_methods_supported": self.ways} | {
            name: self.issuer + path for name, path in at.items()
        }

    def _json(self, content):
        return 200, {"Content-Type": "application/json"}, json.dumps(content).encode()

    def close(self):
        """Stop answering."""
        self._http.shutdown()
        self._http.server_close()


def _handler(provider):
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self._do("GET", "")

        def do_POST(self):
            self._do("POST", self.rfile.read(int(self.headers["content-length"])).decode())

        def _do(self, method, body):
            path = urlsplit(self.path).path
            provider.asked.append((path, parse_qs(body)))
            try:
                found = provider.answer(method, self.path, self.headers, body)
            except OAuth2Error as error:
                found = 400, {}, str(error).encode()
            status, more, out = provider.tamper(path, *found)
            out = json.dumps(out) if isinstance(out, dict) else out
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for piece in [out] if isinstance(out, str | bytes) else out:
                    self.wfile.write(piece.encode() if isinstance(piece, str) else piece)
            except OSError:
                pass  # whoever asked has heard enough

    return Handler
