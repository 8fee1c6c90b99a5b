BEGIN TRANSACTION;
CREATE TABLE access (
    id INTEGER PRIMARY KEY, allowed INTEGER NOT NULL, granted_by INTEGER NOT NULL, at REAL NOT NULL
);
INSERT INTO "access" VALUES(-2001,0,9001,1795000000.0);
INSERT INTO "access" VALUES(1001,1,9001,1795000000.0);
CREATE TABLE answers (
    chat INTEGER, message INTEGER, question INTEGER NOT NULL, PRIMARY KEY (chat, message)
) WITHOUT ROWID;
INSERT INTO "answers" VALUES(1001,8,2);
CREATE TABLE beginnings (
    chat INTEGER, thread INTEGER, after INTEGER NOT NULL, PRIMARY KEY (chat, thread)
) WITHOUT ROWID;
INSERT INTO "beginnings" VALUES(1001,0,1);
CREATE TABLE buttons (
    token TEXT PRIMARY KEY, at REAL NOT NULL, chat INTEGER NOT NULL, user INTEGER NOT NULL, kind TEXT NOT NULL,
    data TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "buttons" VALUES('tokenOfThen',1795000000.0,1001,0,'answer','{"question": 2}');
CREATE TABLE changes (
    id TEXT PRIMARY KEY, at REAL NOT NULL, user INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    state TEXT NOT NULL, after TEXT
) WITHOUT ROWID;
INSERT INTO "changes" VALUES('c1',1795000000.0,9001,'upload','a.txt','done','00ff');
CREATE TABLE journal (
    update_id INTEGER PRIMARY KEY, at REAL NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, payload TEXT
);
INSERT INTO "journal" VALUES(1,1795000000.0,'done',0,NULL);
INSERT INTO "journal" VALUES(2,1795000000.0,'received',1,'{"update_id": 2}');
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "meta" VALUES('commands','digest of then');
CREATE TABLE parts (  -- part 0 is the placeholder; message 0 may have arrived or not
    question INTEGER, part INTEGER, message INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (question, part)
) WITHOUT ROWID;
INSERT INTO "parts" VALUES(2,1,8,'abc');
CREATE TABLE people (id INTEGER PRIMARY KEY, language TEXT NOT NULL, at REAL NOT NULL);
INSERT INTO "people" VALUES(1001,'en',1795000000.0);
CREATE TABLE questions (  -- no id twice: an answer may outlive a /forget
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, chat INTEGER NOT NULL, thread INTEGER NOT NULL,
    user INTEGER NOT NULL, message INTEGER NOT NULL, text TEXT NOT NULL, status TEXT, took_ms REAL
);
INSERT INTO "questions" VALUES(1,1795000000.0,1001,0,1001,5,'东山县建成多少个乡村科普馆?','answered',3.5);
INSERT INTO "questions" VALUES(2,1795000000.0,1001,0,1001,7,'那讲座呢?','not_found',4.0);
CREATE TABLE refusals (
    chat INTEGER, user INTEGER, at REAL NOT NULL, PRIMARY KEY (chat, user)
) WITHOUT ROWID;
INSERT INTO "refusals" VALUES(1002,1002,1795000000.0);
CREATE TABLE votes (
    question INTEGER, user INTEGER, value INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (question, user)
) WITHOUT ROWID;
INSERT INTO "votes" VALUES(2,1001,1,1795000000.0);
CREATE UNIQUE INDEX questions_by_message ON questions (chat, message);
CREATE INDEX questions_by_chat ON questions (chat, thread, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('questions',2);
COMMIT;
