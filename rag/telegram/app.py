"""Start the Telegram bot, keep it up, and stop it without losing anything.

Everything is put together here and nothing is decided: access, asking and delivery are their modules' jobs.
Guarantees: one bot for each token on a machine; on SIGTERM no more updates are taken and those that are held
are finished; whatever else ends the bot ends the process with an error, for a supervisor to start it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import signal
import sys
import time
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application, ApplicationBuilder, ExtBot
from telegram.request import HTTPXRequest

from config.errors import Message, SettingsError, StateUnavailable, WenbaoError, reason
from config.settings import Settings, without_password
from ingest import running
from rag.telegram.answering import Answering
from rag.telegram.doing.admin import Admin
from rag.telegram.doing.asking import Asking
from rag.telegram.doing.buttons import Buttons
from rag.telegram.doing.conversation import Conversation
from rag.telegram.doing.guide import Guide
from rag.telegram.doing.privacy import Privacy
from rag.telegram.handlers import Handlers
from rag.telegram.logs import set_up_logs
from rag.telegram.receiving.access import Access
from rag.telegram.receiving.clock import Clock
from rag.telegram.receiving.door import Door
from rag.telegram.receiving.intake import KINDS, Intake, JournalQueue, PollRequest
from rag.telegram.receiving.trouble import Trouble
from rag.telegram.sending.outbox import Outbox
from rag.telegram.sending.pacing import Pacing
from rag.telegram.shelf.unwatched import Unwatched
from rag.telegram.shelf.uploads import Uploads
from rag.telegram.state.home import alone, bot_folder, read_token, state_of
from rag.telegram.state.stores import Stores
from rag.telegram.watch import Pulse, Watch

_log = logging.getLogger(__name__)

HEALTH = "health.json"
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_BOOTSTRAP_RETRIES = 5
_POLL_SECONDS = 20
_CONNECTIONS = 64
_CONFLICTS = 5  # in a row, over about 13 seconds: a bot that was just stopped elsewhere is gone by then
# While threads compute, the event loop waits this long for the interpreter after every system call it makes, and
# fifty messages are hundreds of calls; with Python's own 5 ms, half a second goes by before the loop is round.
_SWITCH_SECONDS = 0.0005
_TIDY_EVERY = 3600.0
_STOPPED_HARD = 1


def run(settings: Settings) -> None:
    """Run the bot until it is told to stop.

    Raises SettingsError when it can't be started as it is set up, WenbaoError when it has to be restarted.
    """
    token, bot_id = read_token(settings)
    sys.setswitchinterval(_SWITCH_SECONDS)
    set_up_logs(settings, token)
    _check_webhook(settings)
    if not (settings.allowed_users or settings.allowed_chats or settings.admin_users):
        _log.warning("nobody may use the bot: set WENBAO_ADMIN_USERS, WENBAO_ALLOWED_USERS or WENBAO_ALLOWED_CHATS")
    running_already = SettingsError(
        f"机器人 {bot_id} 已在运行;一个令牌只能运行一个",
        f"the bot {bot_id} is running already; a token can serve only one",
    )
    with alone(settings, bot_id, running_already):
        state = state_of(settings, bot_id)
        with contextlib.closing(Stores.open(state, settings.language)) as stores:
            reason = asyncio.run(_Bot(settings, token, stores).run())
    if reason is not None:
        raise WenbaoError(f"机器人已停止:{reason.zh}", f"the bot has stopped: {reason.en}")


def _client(settings: Settings, token: str, poll: PollRequest, clock: Clock, pacing: Pacing) -> ExtBot[str]:
    """The client library's bot, which hasn't talked to Telegram yet."""
    seconds = settings.telegram_timeout
    request = HTTPXRequest(
        connection_pool_size=_CONNECTIONS,
        connect_timeout=min(seconds, 10),
        read_timeout=seconds,
        write_timeout=seconds,
        pool_timeout=60,
        httpx_kwargs={"event_hooks": {"response": [clock.replied]}},  # with a webhook nothing is polled
    )
    return ExtBot(
        token,
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=request,
        get_updates_request=poll,
        rate_limiter=pacing,
    )


class _Bot:
    """The parts, put together, and their life from start to end."""

    def __init__(self, settings: Settings, token: str, stores: Stores) -> None:
        self._settings, self._stores = settings, stores
        self._folder = bot_folder(settings)
        self._reason: Message | None = None
        self._stop = asyncio.Event()
        self._conflicts = 0
        self._clock = Clock()
        self._poll = PollRequest(refused=self._no_such_bot, timeout=settings.telegram_timeout, clock=self._clock)
        pacing = Pacing()
        self._bot = _client(settings, token, self._poll, self._clock, pacing)
        self._pulse = Pulse(self._contact)
        self._answering = Answering(settings)
        self._access = Access(settings, stores.grants)
        self._outbox = Outbox(self._bot, pacing)
        self._uploads = Uploads(
            settings, self._folder / "changes", stores.changes, stores.tokens, self._answering, self._outbox
        )
        self._guide = Guide(settings.language, stores.meta, self._access, self._outbox)
        self._unwatched = Unwatched(settings, stores.meta, self._access, self._outbox)
        self._trouble = Trouble(self._access, self._outbox, settings.language)
        self._queue = JournalQueue(stores.journal, self._stuck, self._trouble.over)
        self._application = self._assembled()

    def _assembled(self) -> Application:  # type: ignore[type-arg]
        """From Telegram's updates to the handlers."""
        settings, stores, access, outbox = self._settings, self._stores, self._access, self._outbox
        asking = Asking(settings, stores.questions, stores.deliveries, stores.tokens, access, self._answering, outbox)
        buttons = Buttons(stores.tokens, stores.questions, access, self._answering, asking, self._uploads, outbox)
        admin = Admin(stores.grants, stores.questions, access, self._answering, self._pulse, outbox)
        conversation = Conversation(asking, stores.questions, outbox)
        privacy = Privacy(stores.people, stores.retention, settings.telegram_retention_days, outbox)
        handlers = Handlers(
            *(stores.people, access, outbox),
            asking=asking,
            uploads=self._uploads,
            buttons=buttons,
            commands=self._guide.commands | conversation.commands | buttons.commands | privacy.commands,
            admin_commands=admin.commands | self._uploads.commands,
        )
        intake = Intake(
            *(settings, stores.journal, access, handlers.read),
            turn_away=Door(stores.grants, access, outbox).turn_away,
            too_late=handlers.too_late,
            give_up=handlers.give_up,
            put_again=self._queue.put_again,
            stuck=self._trouble.met,
            over=self._trouble.over,
            now=self._clock.now,
        )
        builder = ApplicationBuilder().bot(self._bot).update_queue(self._queue).concurrent_updates(intake)
        application = builder.job_queue(None).build()
        handlers.add_to(application, intake)
        return application

    async def run(self) -> Message | None:
        """Until told to stop; the reason when it wasn't by a signal."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(name, self._stop.set)
        watch = Watch(
            self._folder / HEALTH,
            self._pulse,
            self._settings.telegram_stall_seconds,
            lambda: self._answering.longest,
            lambda: {"generation": self._answering.generation, "questions": self._answering.active},
            self._fail,
        )
        watching = self._supervised(watch.run(), "the watch")
        upkeep: list[asyncio.Task[None]] = []
        try:
            if await self._connect():
                await self._warm_up()
                await self._uploads.clear()
                await self._application.start()
                await self._take_up()
                self._pulse.largest_lag = 0.0  # opening the index blocks it, but nobody waits yet
                await self._listen()
                upkeep += [
                    self._supervised(self._guide.register_all(), "registering the commands"),
                    self._supervised(self._tidy(), "the upkeep"),
                    self._supervised(self._unwatched.run(), "the look at ingests"),
                ]
                _log.info("the bot @%s is up", self._bot.username)
                await self._stop.wait()
                await self._finish()
        finally:
            for task in (watching, *upkeep):
                task.cancel()
            await asyncio.gather(watching, *upkeep, return_exceptions=True)
            self._uploads.close()
            self._answering.close()
        return self._reason

    async def _connect(self) -> bool:
        """Reach Telegram, which may take until the network is up; False when told to stop before that."""
        until = time.monotonic() + self._settings.telegram_stall_seconds
        pause = 1.0
        while not self._stop.is_set():
            try:
                await self._application.initialize()
            except InvalidToken as exc:
                raise SettingsError(
                    "Telegram 不认识这个令牌;请检查 WENBAO_TELEGRAM_TOKEN",
                    "Telegram does not know this token; check WENBAO_TELEGRAM_TOKEN",
                ) from exc
            except TelegramError as exc:
                if isinstance(exc, RetryAfter):
                    pause = float(exc.retry_after if isinstance(exc.retry_after, int) else exc.retry_after.seconds)
                if time.monotonic() + pause > until:
                    address = without_password(self._settings.telegram_api_url)
                    raise WenbaoError(
                        f"无法连接 {address};请检查网络,或设置 WENBAO_TELEGRAM_API_URL",
                        f"{address} can't be reached; check the network, or set WENBAO_TELEGRAM_API_URL",
                    ) from exc
                _log.warning("Telegram can't be reached (%s), trying again in %.0f s", type(exc).__name__, pause)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), pause)
                pause = min(pause * 2, 30)
            else:
                self._poll.contact = time.monotonic()
                return True
        return False

    async def _warm_up(self) -> None:
        """Open the index before the first question; without one the bot runs, and says so when asked."""
        try:
            await self._answering.warm_up()
        except WenbaoError as exc:
            _log.warning("no question can be answered yet: %s", exc)

    async def _take_up(self) -> None:
        """Go on with what an earlier process received and didn't finish."""
        for left in self._stores.journal.unfinished():
            _log.info("taking up update %s", left.update_id)
            await self._queue.put_again(Update.de_json(json.loads(left.payload), self._bot))

    async def _listen(self) -> None:
        updater = self._application.updater
        if updater is None:
            raise AssertionError("built with an updater")
        self._poll.contact = time.monotonic()
        try:
            if self._settings.telegram_webhook_url:
                await updater.start_webhook(
                    listen=self._settings.telegram_webhook_listen,
                    port=self._settings.telegram_webhook_port,
                    url_path=urlsplit(self._settings.telegram_webhook_url).path,
                    webhook_url=self._settings.telegram_webhook_url,
                    secret_token=self._settings.telegram_webhook_secret.get_secret_value(),
                    allowed_updates=KINDS,
                    bootstrap_retries=_BOOTSTRAP_RETRIES,
                )
            else:
                await updater.start_polling(
                    timeout=round(min(_POLL_SECONDS, self._settings.telegram_stall_seconds / 3)),
                    bootstrap_retries=_BOOTSTRAP_RETRIES,
                    allowed_updates=KINDS,
                    error_callback=self._poll_failed,
                )
        except TelegramError as exc:
            raise WenbaoError(
                f"无法开始接收消息:{type(exc).__name__}", f"can't begin to take messages: {type(exc).__name__}"
            ) from exc
        except OSError as exc:
            raise SettingsError(
                f"无法监听端口 {self._settings.telegram_webhook_port}({reason(exc).zh});"
                "请设置 WENBAO_TELEGRAM_WEBHOOK_PORT",
                f"can't listen on port {self._settings.telegram_webhook_port} ({reason(exc).en}); "
                "set WENBAO_TELEGRAM_WEBHOOK_PORT",
            ) from exc

    async def _finish(self) -> None:
        """Take no more updates, finish those that are held, and leave the rest to the next process."""
        seconds = self._settings.telegram_stop_seconds
        _log.info("stopping; %s questions in work", self._answering.active + self._answering.waiting)
        try:
            async with asyncio.timeout(seconds):
                if self._application.updater is not None and self._application.updater.running:
                    await self._application.updater.stop()
                await self._application.stop()
                await self._application.shutdown()
        except TimeoutError:
            _log.error("not everything was finished in %.0f s; the next start takes it up", seconds)
            if self._reason is None:
                self._stores.journal.put_back()
            self._stores.close()
            running.end(_STOPPED_HARD)

    async def _tidy(self) -> None:
        """Now and every hour: forget what is older than the retention days."""
        while True:
            try:
                old = await asyncio.to_thread(self._stores.retention.tidy, self._settings.telegram_retention_days)
                await asyncio.to_thread(self._uploads.drop, old)
            except WenbaoError as exc:
                _log.error("old records were not deleted: %s", exc)
            await asyncio.sleep(_TIDY_EVERY)

    async def _stuck(self, update: Update, error: StateUnavailable) -> None:
        """Nothing is polled while an update waits for the journal, and Telegram isn't to blame for that."""
        self._poll.contact = time.monotonic()
        await self._trouble.met(update, error)

    def _supervised(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """A task whose failure ends the bot, for a supervisor to start it again, instead of going unseen."""

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (error := task.exception()) is not None:
                _log.error("%s has failed", name, exc_info=error)
                kind = type(error).__name__
                self._fail(Message(f"内部任务出错({kind}),详见日志", f"{name} has failed ({kind})"))

        task = asyncio.create_task(work)
        task.add_done_callback(ended)
        return task

    def _contact(self) -> float | None:
        """Seconds since Telegram was heard; unknown where it calls us."""
        return None if self._settings.telegram_webhook_url else time.monotonic() - self._poll.contact

    def _poll_failed(self, error: TelegramError) -> None:
        """Called by the updater, which tries again by itself."""
        self._conflicts = self._conflicts + 1 if isinstance(error, Conflict) else 0
        _log.warning("polling: %s", error)
        if self._conflicts >= _CONFLICTS:
            self._fail(Message("另一个机器人在用同一个令牌", "another bot uses the same token"))

    def _no_such_bot(self, code: int) -> None:
        self._fail(Message(f"Telegram 拒绝了令牌(HTTP {code})", f"Telegram refuses the token (HTTP {code})"))

    def _fail(self, reason: Message) -> None:
        if self._reason is None and not self._stop.is_set():
            _log.critical("%s", reason.en)
            self._reason = reason
            self._stop.set()


def _check_webhook(settings: Settings) -> None:
    secret = settings.telegram_webhook_secret.get_secret_value()
    if settings.telegram_webhook_url and not _SECRET.fullmatch(secret):
        raise SettingsError(
            "使用 webhook 时请设置 WENBAO_TELEGRAM_WEBHOOK_SECRET(1-256 个字母、数字、_ 或 -)",
            "with a webhook set WENBAO_TELEGRAM_WEBHOOK_SECRET too (1-256 letters, digits, _ or -)",
        )
