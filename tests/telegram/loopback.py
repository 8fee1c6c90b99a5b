"""A Bot API server on loopback, as strict as Telegram's, that remembers everything and fails when told to.

It checks methods, parameters and their types, HTML, lengths after parsing in UTF-16 units, callback data in
bytes, replies, topics, edits that change nothing, one poller at a time, and the speed limits. A call that
breaks a rule gets Telegram's error; what Telegram would let pass but a good bot never does is noted in
`violations`. Faults are injected with `fail`.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote

BOT = {"id": 700001, "is_bot": True, "first_name": "问报", "username": "wenbao_loop_bot"}
TOKEN = f"{BOT['id']}:AAloopback-token-that-must-never-be-logged"
MAX_DOWNLOAD = 20 << 20
PACE = 0.9  # of Telegram's second: what was sent one a second may arrive bunched

INT, TEXT, FLAG, JSON = "int", "text", "flag", "json"
_MESSAGE = {
    "chat_id": INT, "text": TEXT, "parse_mode": TEXT, "reply_markup": JSON, "link_preview_options": JSON,
    "message_thread_id": INT,
}  # fmt: skip
METHODS: dict[str, tuple[set[str], dict[str, str]]] = {
    "getMe": (set(), {}),
    "getUpdates": (set(), {"offset": INT, "limit": INT, "timeout": INT, "allowed_updates": JSON}),
    "sendMessage": ({"chat_id", "text"}, {**_MESSAGE, "reply_parameters": JSON}),
    "sendPhoto": (
        {"chat_id", "photo"},
        {"chat_id": INT, "photo": TEXT, "caption": TEXT, "message_thread_id": INT, "reply_parameters": JSON},
    ),
    "editMessageText": ({"chat_id", "message_id", "text"}, {**_MESSAGE, "message_id": INT}),
    "deleteMessage": ({"chat_id", "message_id"}, {"chat_id": INT, "message_id": INT}),
    "sendChatAction": ({"chat_id", "action"}, {"chat_id": INT, "action": TEXT, "message_thread_id": INT}),
    "answerCallbackQuery": ({"callback_query_id"}, {"callback_query_id": TEXT, "text": TEXT, "show_alert": FLAG}),
    "setMyCommands": ({"commands"}, {"commands": JSON, "scope": JSON, "language_code": TEXT}),
    "getFile": ({"file_id"}, {"file_id": TEXT}),
    "deleteWebhook": (set(), {"drop_pending_updates": FLAG}),
    "setWebhook": (
        {"url"},
        {
            "url": TEXT,
            "secret_token": TEXT,
            "allowed_updates": JSON,
            "max_connections": INT,
            "drop_pending_updates": FLAG,
        },
    ),
}
_TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"}
_TOKEN_RE = re.compile(r"<(/?)([a-zA-Z0-9-]*)([^<>]*)>|<|&([a-z]+|#\d+);|&|[^<&]+", re.DOTALL)


class Refused(Exception):
    """The error that Telegram answers with."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Call:
    method: str
    params: dict[str, Any]
    at: float
    code: int = 0


@dataclass
class Sent:
    """A message of the bot's, as the chat shows it now; `versions` holds every text it had."""

    chat: int
    id: int
    text: str
    entities: list[tuple[str, int, int]]
    reply_to: int | None
    thread: int | None
    buttons: dict[str, str]
    at: float
    markup: Any = None
    versions: list[str] = field(default_factory=list)
    deleted: bool = False
    picture: bytes = b""

    def entity(self, kind: str) -> list[str]:
        """The texts under entities of a kind."""
        coded = self.text.encode("utf-16-le")
        return [coded[2 * at : 2 * (at + n)].decode("utf-16-le") for name, at, n in self.entities if name == kind]


@dataclass
class Fault:
    method: str
    kind: str
    times: int
    chat: int | None
    containing: str
    seconds: float


class Loopback:
    """The server; use as a context manager. `pace` is the seconds that must lie between two messages in a chat."""

    def __init__(self, pace: float = PACE) -> None:
        self._pace_seconds = pace
        self.lock = threading.Condition(threading.RLock())
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.messages: dict[tuple[int, int], Sent] = {}
        self.incoming: dict[tuple[int, int], dict[str, Any]] = {}
        self.chats: dict[int, dict[str, Any]] = {}
        self.topics: set[tuple[int, int]] = set()
        self.files: dict[str, tuple[bytes, int]] = {}
        self.commands: dict[str, list[str]] = {}
        self.alerts: dict[str, str | None] = {}
        self.webhook: dict[str, Any] = {}
        self.updates: list[dict[str, Any]] = []
        self._faults: list[Fault] = []
        self._queries: dict[str, bool] = {}
        self._next_update, self._next_message, self._poller = 1000, 1, 0
        self._times: dict[int, list[float]] = {}
        self._held: dict[int, float] = {}
        self.open = True
        handler = type("Handler", (_Handler,), {"loopback": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Loopback:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.open = False
            self.lock.notify_all()
        self._server.shutdown()
        self._server.server_close()

    # what people do

    def chat(self, id_: int, *, forum: bool = False) -> int:
        """A private chat (positive id) or a supergroup (negative id) that the bot is in."""
        with self.lock:
            if id_ > 0:
                self.chats[id_] = {"id": id_, "type": "private", "first_name": "员工"}
            else:
                self.chats[id_] = {"id": id_, "type": "supergroup", "title": "科普群", "is_forum": forum}
        return id_

    def topic(self, chat: int, thread: int) -> int:
        self.topics.add((chat, thread))
        return thread

    def say(self, chat: int, user: int, text: str | None, *, reply_to: int | None = None, thread: int | None = None,
            age: float = 0, **extra: Any) -> tuple[int, int]:  # fmt: skip
        """A person sends a message; its update's and its own number."""
        with self.lock:
            if chat not in self.chats:
                self.chat(chat)
            message: dict[str, Any] = {
                "message_id": self._number(),
                "date": int(time.time() - age),
                "chat": self.chats[chat],
                "from": {"id": user, "is_bot": False, "first_name": "员工", "language_code": "zh-hans"},
            }
            if text is not None:
                message |= {"text": text, "entities": _entities(text)}
            if reply_to is not None:
                message["reply_to_message"] = self._shown(chat, reply_to)
            if thread is not None:
                message |= {"message_thread_id": thread, "is_topic_message": True}
            message |= extra
            if message.get("from") is None:
                del message["from"]
            self.incoming[chat, message["message_id"]] = message
            return self.deliver({"message": message}), message["message_id"]

    def send_file(self, chat: int, user: int, name: str, data: bytes, size: int | None = None) -> tuple[int, int]:
        """A person sends a document; `size` is what Telegram says about it, if not the truth."""
        file_id = f"file{len(self.files)}"
        self.files[file_id] = (data, len(data) if size is None else size)
        document = {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_name": name,
            "file_size": self.files[file_id][1],
        }
        return self.say(chat, user, None, document=document)

    def send_photo(
        self, chat: int, user: int, data: bytes, caption: str | None = None, album: str | None = None
    ) -> tuple[int, int]:
        """A person sends a photograph; kept in several sizes, as Telegram does, and whole only in the largest."""
        sizes = []
        for side, held in ((90, data[:20]), (1280, data), (320, data[:40])):
            file_id = f"photo{len(self.files)}"
            self.files[file_id] = (held, len(held))
            sizes.append(
                {
                    "file_id": file_id,
                    "file_unique_id": file_id,
                    "width": side,
                    "height": side * 3 // 4,
                    "file_size": len(held),
                }
            )
        told = {"caption": caption} if caption is not None else {}
        return self.say(chat, user, None, photo=sizes, **told, **({"media_group_id": album} if album else {}))

    def press(self, user: int, message: Sent, data: str, chat: int | None = None, *, old: bool = False) -> int:
        """A person presses a button (given by its label, or as forged data); the update's number.

        An `old` press waited for so long that it can't be answered.
        """
        with self.lock:
            query = f"q{self._number()}"
            self._queries[query] = old
            where = {**self._shown(message.chat, message.id)}
            if chat is not None:
                where["chat"] = self.chats[chat]
            person = {"id": user, "is_bot": False, "first_name": "员工"}
            return self.deliver(
                {
                    "callback_query": {
                        "id": query, "from": person, "message": where, "chat_instance": "1",
                        "data": message.buttons.get(data, data),
                    }
                }
            )  # fmt: skip

    def deliver(self, update: dict[str, Any], number: int | None = None) -> int:
        """Queue an update as it is."""
        with self.lock:
            if number is None:
                self._next_update += 1
                number = self._next_update
            self.updates.append({"update_id": number, **update})
            self.lock.notify_all()
            return number

    def fail(self, method: str, kind: str, *, times: int = 1, chat: int | None = None, containing: str = "",
             seconds: float = 1) -> None:  # fmt: skip
        """The next calls of a method fail: 429, 502, drop, late, or `<code> <description>`."""
        with self.lock:
            self._faults.append(Fault(method, kind, times, chat, containing, seconds))

    # what can be asked of it

    def sent(self, chat: int) -> list[Sent]:
        """The bot's messages in a chat, oldest first."""
        with self.lock:
            return [m for (where, _), m in sorted(self.messages.items()) if where == chat and not m.deleted]

    def replies(self, chat: int, message: int) -> list[Sent]:
        return [sent for sent in self.sent(chat) if sent.reply_to == message]

    def called(self, method: str, chat: int | None = None, since: float = 0) -> list[Call]:
        with self.lock:
            return [
                call
                for call in self.calls
                if call.method == method and call.at >= since and (chat is None or call.params.get("chat_id") == chat)
            ]

    def wait(self, condition: Callable[[], Any], seconds: float = 20, what: str = "") -> Any:
        """The condition's first true value. Raises AssertionError when it stays false."""
        until = time.monotonic() + seconds
        with self.lock:
            while not (value := condition()):
                left = until - time.monotonic()
                assert left > 0, f"nothing came of it in {seconds} s {what}"
                self.lock.wait(min(left, 0.05))
            return value

    def pending(self) -> int:
        with self.lock:
            return len(self.updates)

    def _number(self) -> int:
        self._next_message += 1
        return self._next_message

    def _shown(self, chat: int, number: int) -> dict[str, Any]:
        """A message of either side as it appears inside an update."""
        found = self.incoming.get((chat, number))
        if found is not None:
            return {key: value for key, value in found.items() if key != "reply_to_message"}
        sent = self.messages[chat, number]
        shown = {"message_id": number, "date": int(sent.at), "chat": self.chats[chat], "from": BOT, "text": sent.text}
        if sent.thread is not None:
            shown |= {"message_thread_id": sent.thread, "is_topic_message": True}
        return shown

    # calls

    def handle(self, method: str, raw: dict[str, str]) -> tuple[Any, float]:
        """The result of a call and how long to keep it back. Raises Refused, or ConnectionError to drop the line."""
        call = Call(method, {}, time.monotonic())
        with self.lock:
            self.calls.append(call)
            try:
                call.params = self._typed(method, raw)
                late = self._faulty(call)
                if method == "getUpdates":
                    self._poller += 1
                    me = self._poller
                    self.lock.notify_all()
                else:
                    result = getattr(self, f"_{method}")(call.params)
            except Refused as exc:
                call.code = exc.code
                raise
            finally:
                self.lock.notify_all()
        if method == "getUpdates":
            result = self._poll(call.params, me)
        call.code = 200
        return result, late

    def _typed(self, method: str, raw: dict[str, str]) -> dict[str, Any]:
        if method not in METHODS:
            self.violations.append(f"unknown method {method}")
            raise Refused(404, "Not Found")
        required, known = METHODS[method]
        params: dict[str, Any] = {}
        for name, value in raw.items():
            if name not in known:
                self.violations.append(f"{method}: unknown parameter {name}")
                continue
            try:
                params[name] = value if known[name] == TEXT else json.loads(value)
            except ValueError:
                raise Refused(400, f"Bad Request: can't parse {name}") from None
            if known[name] == INT and not isinstance(params[name], int):
                raise Refused(400, f"Bad Request: {name} must be an integer")
        for name in sorted(required - params.keys()):
            raise Refused(400, f"Bad Request: {name} is empty")
        return params

    def _faulty(self, call: Call) -> float:
        """Let this call fail if it shall; the seconds to keep its answer back otherwise."""
        chat = call.params.get("chat_id")
        held = self._held.get(chat, 0) if isinstance(chat, int) else 0
        if call.method in ("sendMessage", "editMessageText") and call.at < held:
            self.violations.append(f"{call.method} to {chat} {held - call.at:.2f} s before retry_after was over")
        for fault in self._faults:
            matches = fault.method == call.method and fault.chat in (None, chat)
            if fault.times and matches and fault.containing in call.params.get("text", ""):
                fault.times -= 1
                if fault.kind == "late":
                    return fault.seconds
                call.code = -1
                if fault.kind == "drop":
                    raise ConnectionResetError
                if fault.kind == "502":
                    raise Refused(502, "<html><head><title>502 Bad Gateway</title></head></html>")
                if fault.kind == "429":
                    if isinstance(chat, int):
                        self._held[chat] = call.at + fault.seconds
                    raise Refused(
                        429, f"Too Many Requests: retry after {fault.seconds:g}", retry_after=int(fault.seconds)
                    )
                code, _, description = fault.kind.partition(" ")
                raise Refused(int(code), description)
        return 0.0

    def _poll(self, params: dict[str, Any], me: int) -> list[dict[str, Any]]:
        until = time.monotonic() + params.get("timeout", 0)
        with self.lock:
            offset = params.get("offset", 0)
            self.updates = [u for u in self.updates if u["update_id"] >= offset]
            while not self.updates and self.open:
                if me != self._poller:
                    raise Refused(409, "Conflict: terminated by other getUpdates request; make sure that only one bot")
                left = until - time.monotonic()
                if left <= 0:
                    break
                self.lock.wait(min(left, 0.5))
            return list(self.updates[:100])

    def _getMe(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def _sendMessage(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat, thread = params["chat_id"], params.get("message_thread_id")
        text, entities = self._text(params)
        if chat not in self.chats:
            raise Refused(400, "Bad Request: chat not found")
        if thread is not None and (chat, thread) not in self.topics:
            raise Refused(400, "Bad Request: message thread not found")
        reply = params.get("reply_parameters") or {}
        target = reply.get("message_id")
        if target is not None and (chat, target) not in self.incoming and (chat, target) not in self.messages:
            if not reply.get("allow_sending_without_reply"):
                raise Refused(400, "Bad Request: message to be replied not found")
            target = None
        buttons = _buttons(params.get("reply_markup"))
        self._pace(chat)
        number = self._number()
        self.messages[chat, number] = Sent(
            chat, number, text, entities, target, thread, buttons, time.time(), params.get("reply_markup"), [text]
        )
        return self._shown(chat, number)

    def _sendPhoto(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat, thread = params["chat_id"], params.get("message_thread_id")
        picture = params["photo"].encode("latin-1")
        if chat not in self.chats:
            raise Refused(400, "Bad Request: chat not found")
        if not picture.startswith(b"\x89PNG") or len(picture) > 10 << 20:
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        if _units(params.get("caption", "")) > 1024:
            raise Refused(400, "Bad Request: message caption is too long")
        target = (params.get("reply_parameters") or {}).get("message_id")
        self._pace(chat)
        number = self._number()
        text = params.get("caption", "")
        sent = Sent(chat, number, text, [], target, thread, {}, time.time(), None, [text], picture=picture)
        self.messages[chat, number] = sent
        return self._shown(chat, number)

    def _editMessageText(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        text, entities = self._text(params)
        found = self.messages.get((params["chat_id"], params["message_id"]))
        if found is None or found.deleted:
            raise Refused(400, "Bad Request: message to edit not found")
        buttons, markup = _buttons(params.get("reply_markup")), params.get("reply_markup")
        if (found.text, found.entities, found.markup) == (text, entities, markup):
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        self._pace(found.chat)
        found.text, found.entities, found.buttons, found.markup = text, entities, buttons, markup
        found.versions.append(text)
        return self._shown(found.chat, found.id)

    def _deleteMessage(self, params: dict[str, Any]) -> bool:  # noqa: N802
        found = self.messages.get((params["chat_id"], params["message_id"]))
        if found is None:
            raise Refused(400, "Bad Request: message to delete not found")
        found.deleted = True
        return True

    def _sendChatAction(self, params: dict[str, Any]) -> bool:  # noqa: N802
        if params["action"] != "typing":
            raise Refused(400, "Bad Request: wrong parameter action in request")
        return True

    def _answerCallbackQuery(self, params: dict[str, Any]) -> bool:  # noqa: N802
        query = params["callback_query_id"]
        if self._queries.get(query, True):
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(params.get("text", "")) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self._queries[query] = True
        self.alerts[query] = params.get("text")
        return True

    def _setMyCommands(self, params: dict[str, Any]) -> bool:  # noqa: N802
        scope = params.get("scope") or {"type": "default"}
        if scope["type"] == "chat" and scope["chat_id"] not in self.chats:
            raise Refused(400, "Bad Request: chat not found")
        for command in params["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        key = f"{scope['type']}:{scope.get('chat_id', '')}:{params.get('language_code', '')}"
        self.commands[key] = [f"{c['command']} {c['description']}" for c in params["commands"]]
        return True

    def _getFile(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if params["file_id"] not in self.files:
            raise Refused(400, "Bad Request: invalid file_id")
        _, size = self.files[params["file_id"]]
        if size > MAX_DOWNLOAD:
            raise Refused(400, "Bad Request: file is too big")
        return {
            "file_id": params["file_id"], "file_unique_id": params["file_id"], "file_size": size,
            "file_path": f"documents/{params['file_id']}",
        }  # fmt: skip

    def _deleteWebhook(self, _: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = {}
        return True

    def _setWebhook(self, params: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = params
        return True

    def _text(self, params: dict[str, Any]) -> tuple[str, list[tuple[str, int, int]]]:
        if params.get("parse_mode") not in (None, "HTML"):
            self.violations.append(f"parse mode {params['parse_mode']}")
        text, entities = parse_html(params["text"]) if params.get("parse_mode") else (params["text"], [])
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if text != text.strip():
            self.violations.append("white space at the end of a message")
        if _units(text) > 4096:
            raise Refused(400, "Bad Request: message is too long")
        if (params.get("link_preview_options") or {}).get("is_disabled") is not True:
            self.violations.append("link previews are on")
        return text, entities

    def _pace(self, chat: int) -> None:
        """Telegram's limits; what would be too fast is refused as there and noted."""
        now = time.monotonic()
        times = self._times.setdefault(chat, [])
        overall = sum(1 for ts in self._times.values() for t in ts[-3:] if now - t < 1)
        recent = [t for t in times if now - t < 60]
        if times and now - times[-1] < self._pace_seconds:
            self.violations.append(f"{now - times[-1]:.2f} s between two messages to {chat}")
            raise Refused(429, "Too Many Requests: retry after 1", retry_after=1)
        if chat < 0 and len(recent) >= 20:
            self.violations.append(f"more than 20 messages a minute to {chat}")
            raise Refused(429, "Too Many Requests: retry after 3", retry_after=3)
        if overall > 40:  # what was sent 30 a second may arrive bunched on a busy machine
            self.violations.append("more than 30 messages a second")
        times.append(now)


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client that was killed is no news."""


class _Handler(BaseHTTPRequestHandler):
    loopback: Loopback
    protocol_version = "HTTP/1.1"
    timeout = 120

    def log_message(self, *_: object) -> None:
        pass

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def do_GET(self) -> None:
        found = re.fullmatch(rf"/file/bot{re.escape(TOKEN)}/documents/(\w+)", unquote(self.path))
        if found and found[1] in self.loopback.files:
            self._send(200, self.loopback.files[found[1]][0], "application/octet-stream")
        else:
            self._send(404, b'{"ok":false,"error_code":404,"description":"Not Found"}')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.headers.get("Content-Type", "")
        found = re.fullmatch(r"/bot([^/]+)/(\w+)", self.path)
        late = 0.0
        try:
            if found is None or found[1] != TOKEN:
                raise Refused(401, "Unauthorized")
            if kind.startswith("multipart/form-data"):
                given = _form(kind, body)
            elif not body or "urlencoded" in kind:
                given = dict(parse_qsl(body.decode(), keep_blank_values=True))
            else:
                raise Refused(400, f"Bad Request: content type {kind}")
            result, late = self.loopback.handle(found[2], given)
            reply: dict[str, Any] = {"ok": True, "result": result}
            code = 200
        except ConnectionResetError:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        except Refused as exc:
            code = exc.code
            if exc.description.startswith("<"):
                self._send(code, exc.description.encode(), "text/html")
                return
            reply = {"ok": False, "error_code": code, "description": exc.description}
            if exc.parameters:
                reply["parameters"] = exc.parameters
        time.sleep(late)
        self._send(code, json.dumps(reply).encode())

    def _send(self, code: int, body: bytes, kind: str = "application/json") -> None:
        try:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def _form(kind: str, body: bytes) -> dict[str, str]:
    """The fields of a form with files in it, the files' bytes as characters."""
    message = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
    fields = {}
    for part in message.iter_parts():
        name, held = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        fields[str(name)] = held.decode("latin-1" if part.get_filename() else "utf-8")
    return _attached(fields)


def _attached(fields: dict[str, str]) -> dict[str, str]:
    """With the files where the fields refer to them."""
    held = {f"attach://{name}" for name in fields}
    found = {
        name: fields[value.removeprefix("attach://")] if value in held else value for name, value in fields.items()
    }
    return {name: value for name, value in found.items() if f"attach://{name}" not in fields.values()}


def parse_html(source: str) -> tuple[str, list[tuple[str, int, int]]]:
    """Text and entities (kind, offset, length in UTF-16 units) of Telegram's HTML. Raises Refused like Telegram."""
    text, entities, opened = "", [], []
    for match in _TOKEN_RE.finditer(source):
        part = match[0]
        if part.startswith("<"):
            name = (match[2] or "").lower()
            if name not in _TAGS:
                raise Refused(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{name}"')
            if match[1]:
                if not opened or opened[-1][0] != name:
                    raise Refused(400, "Bad Request: can't parse entities: Unmatched end tag")
                _, kind, at = opened.pop()
                if _units(text) > at:
                    entities.append((kind, at, _units(text) - at))
            else:
                if name == "blockquote" and any(tag == name for tag, _, _ in opened):
                    raise Refused(400, "Bad Request: can't parse entities: nested blockquote")
                kind = "expandable_blockquote" if name == "blockquote" and "expandable" in match[3] else name
                opened.append((name, kind, _units(text)))
        elif part.startswith("&"):
            text += _escaped(match[4] or "")
        else:
            text += part
    if opened:
        raise Refused(400, f"Bad Request: can't parse entities: Can't find end tag for {opened[-1][0]}")
    if len(entities) > 100:
        raise Refused(400, "Bad Request: too many entities")
    return text, sorted(entities, key=lambda entity: entity[1])


def _escaped(name: str) -> str:
    known = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
    if name.startswith("#"):
        return chr(int(name[1:]))
    if name not in known:
        raise Refused(400, "Bad Request: can't parse entities: unescaped &")
    return known[name]


def _buttons(markup: Any) -> dict[str, str]:
    """Label to callback data, checked."""
    buttons = {}
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
            buttons[button["text"]] = button["callback_data"]
    return buttons


def _entities(text: str) -> list[dict[str, Any]]:
    """Commands and mentions as Telegram marks them: only where a word ends."""
    kinds = (("bot_command", r"(?<![\w/])/[A-Za-z0-9_]+(?:@\w+)?(?!\w)"), ("mention", r"(?<!\w)@[A-Za-z]\w{3,}(?!\w)"))
    return [
        {"type": kind, "offset": _units(text[: match.start()]), "length": _units(match[0])}
        for kind, pattern in kinds
        for match in re.finditer(pattern, text, re.ASCII if kind == "mention" else 0)
    ]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
