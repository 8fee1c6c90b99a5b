"""Every sentence the bot says, in both languages of the interface; `{…}` is filled in with `str.format`."""

from __future__ import annotations

from config.errors import Message

REFUSED = Message(
    "您没有使用权限。请把您的编号 {id} 告诉管理员。", "You are not allowed to ask here. Give your id {id} to an admin."
)
REFUSED_CHAT = Message(
    "本群没有使用权限。请把群编号 {id} 告诉管理员。", "This group is not allowed to ask. Give its id {id} to an admin."
)
HELLO = Message(
    "这里是问报。直接提问,回答附工作报告原句和出处;报告没有说的,会如实告诉您。\n\n"
    "例:某县建成多少个科普馆?\n接着可以追问:那科普基地呢?\n\n发送 /help 查看全部用法。",
    "This is wenbao. Ask about the work reports: you get the answer with the exact sentence and its source, "
    "and a plain no when the reports don't say.\n\nYou can follow up, and /new starts over. /help lists everything.",
)
HELP = Message(
    "直接发文字即可提问;在群里用 /ask 问题、@{bot} 问题,或回复我的消息。\n\n"
    "每个回答下面:「原文」看上下文,「相关」看别的片段,👍👎 告诉我们答得对不对。\n\n{commands}",
    "Just send your question; in a group use /ask QUESTION, @{bot} QUESTION, or reply to one of my messages.\n\n"
    "Below each answer: “Source” shows its surroundings, “Related” other passages, 👍👎 tell us if it was right."
    "\n\n{commands}",
)
TABLE_EMPTY = Message(
    "请在 /table 后面写上指标,例如:/table 乡村科普馆\n加上 按报告 或 按年 换一种排法:/table 乡村科普馆 按年",
    "Write an indicator after /table, as in /table science halls\nAdd by report or by year for another way: "
    "/table science halls by year",
)
ASK_EMPTY = Message("请在 /ask 后面写上问题。", "Write your question after /ask.")
NEW = Message("好的,之前的问题不再带入。", "Done: earlier questions are no longer carried over.")
TEXT_ONLY = Message("请用文字提问。", "Please ask in words.")
UPLOAD_ADMIN_ONLY = Message("只有管理员可以上传报告。", "Only admins may upload reports.")
ADMIN_ONLY = Message("这个命令只有管理员可以使用。", "This command is for admins only.")
PRIVATE_ONLY = Message("请在与我的私聊中使用这个命令。", "Use this command in a private chat with me.")
UNKNOWN_COMMAND = Message("没有这个命令;/help 列出全部。", "There is no such command; /help lists them all.")

QUEUED = Message(
    "已收到,您前面的问题还在处理,这个排在第 {n} 位。",
    "Received. Your earlier question is still being worked on; this is number {n}.",
)
QUEUE_FULL = Message(
    "您已有 {n} 个问题在处理或排队,这个没有接收;请等回答后再发。",
    "You already have {n} questions in work; this one was not taken. Ask again after the answers.",
)
WORKING = Message("正在查找…", "Looking it up…")
WORKING_BEHIND = Message("正在查找…前面还有 {n} 个问题", "Looking it up… {n} questions are ahead of yours")
BUSY = Message(
    "现在提问的人太多,这个问题没有接收;请过几分钟再问。", "Too many questions right now; ask again in a few minutes."
)
BACKLOG = Message(
    "我刚才不在线;停机期间的问题没有回答,需要的话请再问一次。",
    "I was offline; questions from that time were not answered. Ask again if you still need them.",
)
UNAVAILABLE = Message(
    "现在无法回答:索引不可用,请联系管理员。", "I can't answer now: the index is unavailable. Tell an admin."
)
FAILED = Message(
    "出错了,这条没有处理完;请再试一次。", "Something went wrong and this was not finished; please try again."
)
STATE_STUCK = Message(
    "⚠️ 机器人无法保存收到的消息,暂停接收;恢复后会自动继续。",
    "⚠️ The bot can't keep what it receives and takes nothing more in; it goes on by itself once it can.",
)
STATE_WAITS = Message(
    "服务器暂时无法保存问题,恢复后会自动回答,不必重发。",
    "The server can't keep questions just now; yours is answered once it can, no need to send it again.",
)
STATE_GOES_ON = Message("✅ 机器人又可以保存消息,继续接收。", "✅ The bot can keep what it receives again and goes on.")
GIVEN_UP = Message(
    "处理这条消息时程序几次中断,没有完成;请换个说法再问一次,仍不行请告诉管理员。",
    "The program was interrupted several times while working on this and has given it up; please ask again in "
    "other words, and tell an admin if that fails too.",
)
UNCERTAIN = Message(
    "网络超时:上一条回答可能没有送到。没看到的话请点「重发」。",
    "The network timed out and the answer may not have arrived. If you don't see it, press “Send again”.",
)

B_SOURCE = Message("原文", "Source")
B_PICTURE = Message("看扫描件", "See the scan")
B_RELATED = Message("相关", "Related")
B_AGAIN = Message("重发", "Send again")
B_CONFIRM = Message("✅ 确认", "✅ Confirm")
B_CANCEL = Message("取消", "Cancel")
B_UNDO = Message("撤销", "Undo")
RELATED = Message("相关片段", "Related passages")
NO_RELATED = Message("没有别的相关片段。", "There are no other related passages.")
PICTURE = Message("{source} 第 {page} 页,框内是引用的地方", "{source}, page {page}; what is quoted is boxed")
NO_PICTURE = Message(
    "图像没有发出去;请在电脑上用 wenbao show 查看。", "The picture could not be sent; see it with `wenbao show`."
)
PAGE = Message("第 {page}/{pages} 页", "page {page}/{pages}")
LATE_PRESS = Message(
    "这次按下没有及时收到(可能我不在线),没有执行;需要的话请再按一次。",
    "This press reached me too late (I may have been offline) and nothing was done. Press again if you still want it.",
)
THANKS = Message("谢谢,已记下。", "Thank you, noted.")
STALE_BUTTON = Message("这个按钮已失效。", "This button no longer works.")

LANG = Message("界面语言已设为中文。", "The interface is now in English.")
LANG_HOW = Message("用法:/lang zh 或 /lang en", "Usage: /lang zh or /lang en")
NO_RECENT = Message("最近没有问题。", "There are no recent questions.")
RECENT = Message("最近的问题", "Recent questions")
SOURCES = Message("索引中有 {n} 份报告", "{n} reports in the index")
NO_SOURCES = Message("索引里还没有报告。", "There are no reports in the index yet.")
PRIVACY = Message(
    "为了回答追问和改进质量,我保存:您的编号、您的问题、回答是否找到、您的 👍👎,最多 {days} 天,只在本机。"
    "不保存您的姓名,问题不发送给任何第三方。/forget 立即删除您的全部记录。",
    "To answer follow-ups and to improve, I keep your numeric id, your questions, whether they were answered and "
    "your votes, for at most {days} days, on this machine only. No name is kept and nothing goes to third parties. "
    "/forget deletes all of it now.",
)
FORGOTTEN = Message("已删除您的 {n} 条记录。", "Deleted {n} records of yours.")

ALLOW_HOW = Message(
    "用法:/allow 编号,/deny 编号(群编号为负数),或在群里、回复某人时直接使用。",
    "Usage: /allow ID, /deny ID (a group's id is negative), or in a group, or as a reply to someone.",
)
ALLOWED = Message("已允许 {id}。", "{id} is now allowed.")
DENIED = Message("已禁止 {id}。", "{id} is now denied.")
DENY_ADMIN = Message(
    "{id} 是 WENBAO_ADMIN_USERS 中的管理员,只能在设置中去掉。",
    "{id} is an admin in WENBAO_ADMIN_USERS; change it there.",
)
ACCESS_LIST = Message(
    "允许:{allowed}\n禁止:{denied}\n管理员:{admins}", "allowed: {allowed}\ndenied: {denied}\nadmins: {admins}"
)
NOBODY = Message("无", "none")
STATUS = Message(
    "索引:{generation}\n报告 {reports} 份,片段 {chunks} 个\n运行 {hours:.1f} 小时,处理中 {active} 个问题\n"
    "最近一次连上 Telegram:{polled} 秒前\n事件循环最大延迟:{lag} 毫秒\n上次导入失败的文件:{failed}",
    "index: {generation}\n{reports} reports, {chunks} chunks\nup {hours:.1f} hours, {active} questions in work\n"
    "last contact to Telegram: {polled} s ago\nlargest lag of the event loop: {lag} ms\n"
    "failed at last ingest: {failed}",
)
STATS = Message(
    "最近 {days:g} 天:{asked} 个问题,{people} 人\n有答案 {answered},没有找到 {refused}\n👍 {up} 👎 {down}\n"
    "用时中位数 {p50} 毫秒,95% 在 {p95} 毫秒内",
    "last {days:g} days: {asked} questions by {people} people\n{answered} answered, {refused} not found\n"
    "👍 {up} 👎 {down}\nmedian {p50} ms, 95 % within {p95} ms",
)

UPLOAD_SEEN = Message("收到 {name}({size}),正在检查…", "Received {name} ({size}), checking…")
UPLOAD_PLAN_NEW = Message(
    "{name}({size})\n将作为新报告加入,有 {chunks} 个新片段。确认吗?",
    "{name} ({size})\nwill be added as a new report with {chunks} new chunks. Go ahead?",
)
UPLOAD_PLAN_UPDATE = Message(
    "{name}({size})\n将替换同名报告的现有版本,有 {chunks} 个新片段。确认吗?",
    "{name} ({size})\nwill replace the report of the same name, with {chunks} new chunks. Go ahead?",
)
UPLOAD_DUPLICATE = Message(
    "{name} 与已收录的 {source} 内容完全相同,不需要再加入。", "{name} has the same content as {source}; nothing to do."
)
UPLOAD_TOO_LARGE = Message(
    "{name} 太大({size}),上限是 {limit};没有下载。",
    "{name} is too large ({size}, the limit is {limit}); it was not downloaded.",
)
UPLOAD_EMPTY = Message("{name} 是空文件,没有内容可加入。", "{name} is empty; there is nothing to add.")
UPLOAD_REFUSED = Message("{name} 不能加入:{reason}", "{name} can't be added: {reason}")
UPLOAD_DOWNLOAD_FAILED = Message(
    "{name} 没有下载成功,请再发一次。", "{name} could not be downloaded; please send it again."
)
UPLOAD_RUNNING = Message("{name}:正在导入…", "{name}: ingesting…")
UPLOAD_PROGRESS = Message("{name}:已向量化 {done}/{total}", "{name}: embedded {done}/{total}")
UPLOAD_DONE = Message("✅ {name} 已加入,现在就可以提问。", "✅ {name} is in the index; you can ask about it now.")
UPLOAD_FAILED = Message("❌ {name} 没有加入:{reason}", "❌ {name} was not added: {reason}")
REMOVE_FAILED = Message("❌ {name} 没有移除:{reason}", "❌ {name} was not removed: {reason}")
NOT_BACK = Message(
    "原来的报告没能放回原处,请从服务器上的 {path} 取回;保存 {days:g} 天。",
    "The report that was there could not be put back; it is kept for {days:g} days on the server, in {path}.",
)
UPLOAD_CANCELLED = Message("{name}:已取消,什么都没有改动。", "{name}: cancelled, nothing was changed.")
UNDONE = Message("↩️ 已撤销:{name}", "↩️ undone: {name}")
UNDO_CHANGED = Message(
    "{name} 在那之后又改过,不能自动撤销。", "{name} has changed since then and can't be undone automatically."
)
INGEST_RUNNING = Message("正在同步报告目录…", "mirroring the reports directory…")
INGEST_FAILED = Message("❌ 没有完成:{reason}", "❌ not done: {reason}")
UNWATCHED_FAILED = Message(
    "⚠️ 服务器上的导入没有完成,回答仍用之前的索引:{reason}",
    "⚠️ The ingest on the server failed; answers come from the index as it was: {reason}",
)
UNWATCHED_FIRST = Message(
    "⚠️ 服务器上的导入没有完成,还没有可以回答的索引:{reason}",
    "⚠️ The ingest on the server failed, and there is no index to answer from yet: {reason}",
)
UNWATCHED_FILES = Message(
    "⚠️ 服务器上的导入有 {n} 个文件未能读取:{files}\n原因请看 wenbao status。",
    "⚠️ The ingest on the server could not read {n} files: {files}\n`wenbao status` says why.",
)
UNWATCHED_GOES_ON = Message("✅ 服务器上的导入已恢复正常。", "✅ The ingest on the server works again.")
REMOVE_HOW = Message("用法:/remove 文件名(/sources 列出全部)", "Usage: /remove FILE (/sources lists them)")
REMOVE_UNKNOWN = Message("索引里没有 {name}。", "{name} is not in the index.")
REMOVE_PLAN = Message(
    "将从报告目录和索引中移除 {name}。确认吗?",
    "{name} will be removed from the reports directory and the index. Go ahead?",
)
REMOVE_DONE = Message("🗑 {name} 已移除。", "🗑 {name} was removed.")
NO_INGEST_CHILD = Message("导入程序意外退出(代码 {code})", "the ingest process ended unexpectedly (code {code})")

COMMANDS = {
    "ask": Message("提问", "ask a question"),
    "table": Message("列出一个指标,如 /table 科普馆 按年", "set out an indicator: /table science halls by year"),
    "new": Message("开始新话题", "forget earlier questions"),
    "sources": Message("收录了哪些报告", "which reports are in the index"),
    "recent": Message("最近的问题", "recent questions"),
    "lang": Message("界面语言 zh/en", "interface language zh/en"),
    "privacy": Message("保存什么、多久", "what is kept and how long"),
    "forget": Message("删除我的记录", "delete my records"),
    "help": Message("用法", "how to use this"),
    "start": Message("开始", "begin"),
}
ADMIN_COMMANDS = {
    "status": Message("运行状态", "state of the bot"),
    "stats": Message("使用统计", "usage figures"),
    "ingest": Message("同步报告目录", "mirror the reports directory"),
    "remove": Message("移除一份报告", "remove a report"),
    "allow": Message("允许用户或群", "allow a user or group"),
    "deny": Message("禁止用户或群", "deny a user or group"),
}
GROUP_COMMANDS = ("ask", "table", "new", "help")
