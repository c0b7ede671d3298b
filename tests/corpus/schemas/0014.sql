BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0014');
CREATE TABLE api_tokens (
	id VARCHAR(32) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	owner VARCHAR(80) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	scopes TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	ends_at DATETIME, 
	used_at DATETIME, 
	revoked_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (hash)
);
INSERT INTO "api_tokens" VALUES('id 1','hash 1','owner 1','name 1','scopes 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "api_tokens" VALUES('id 2','hash 2','owner 2','name 2','scopes 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE approve_links (
	id VARCHAR(64) NOT NULL, 
	edition VARCHAR(64) NOT NULL, 
	content VARCHAR(64) NOT NULL, 
	editor VARCHAR(80) NOT NULL, 
	made_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	used_at DATETIME, 
	PRIMARY KEY (id)
);
INSERT INTO "approve_links" VALUES('id 1','edition 1','content 1','editor 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "approve_links" VALUES('id 2','edition 2','content 2','editor 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE artefacts (
	kind VARCHAR(16) NOT NULL, 
	id VARCHAR(80) NOT NULL, 
	data BLOB NOT NULL, 
	made_at DATETIME NOT NULL, 
	PRIMARY KEY (kind, id)
);
INSERT INTO "artefacts" VALUES('kind 1','id 1',X'0100FF','2026-07-01 21:30:00.000000');
INSERT INTO "artefacts" VALUES('kind 2','id 2',X'0200FF','2026-07-02 21:30:00.000000');
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	what VARCHAR(40) NOT NULL, 
	who VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "attempts" VALUES(1,'what 1','who 1','2026-07-01 21:30:00.000000');
INSERT INTO "attempts" VALUES(2,'what 2','who 2','2026-07-02 21:30:00.000000');
CREATE TABLE audit (
	seq INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR(80) NOT NULL, 
	action VARCHAR(40) NOT NULL, 
	subject VARCHAR(80) NOT NULL, 
	detail TEXT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (seq)
);
INSERT INTO "audit" VALUES(1,'2026-07-01 21:30:00.000000','actor 1','action 1','subject 1','detail 1','hash 1');
INSERT INTO "audit" VALUES(2,'2026-07-02 21:30:00.000000','actor 2','action 2','subject 2','detail 2','hash 2');
CREATE TABLE calls (
	edition VARCHAR(64) NOT NULL, 
	number INTEGER NOT NULL, 
	session DATE NOT NULL, 
	subject VARCHAR(80) NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	horizon VARCHAR(8) NOT NULL, 
	due DATE NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	trailing VARCHAR(40), 
	PRIMARY KEY (edition, number), 
	FOREIGN KEY(edition) REFERENCES views (edition)
);
INSERT INTO "calls" VALUES('key 1',1,'2026-07-01','subject 1','ection 1','orizon 1','2026-07-01','kind 1','trailing 1');
INSERT INTO "calls" VALUES('key 2',2,'2026-07-02','subject 2','ection 2','orizon 2','2026-07-02','kind 2','trailing 2');
CREATE TABLE comments (
	id INTEGER NOT NULL, 
	edition VARCHAR(64) NOT NULL, 
	revision INTEGER NOT NULL, 
	part VARCHAR(120) NOT NULL, 
	author VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	words TEXT NOT NULL, 
	answers INTEGER, 
	resolved_by VARCHAR(80), 
	resolved_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(answers) REFERENCES comments (id)
);
INSERT INTO "comments" VALUES(1,'edition 1',1,'part 1','author 1','2026-07-01 21:30:00.000000','words 1',1,'resolved_by 1','2026-07-01 21:30:00.000000');
INSERT INTO "comments" VALUES(2,'edition 2',2,'part 2','author 2','2026-07-02 21:30:00.000000','words 2',2,'resolved_by 2','2026-07-02 21:30:00.000000');
CREATE TABLE consents (
	id INTEGER NOT NULL, 
	subscriber VARCHAR(32) NOT NULL, 
	purpose VARCHAR(80) NOT NULL, 
	wording VARCHAR(40) NOT NULL, 
	wording_hash VARCHAR(64) NOT NULL, 
	page VARCHAR(80) NOT NULL, 
	ip VARCHAR(45) NOT NULL, 
	country VARCHAR(2) NOT NULL, 
	asked_at DATETIME NOT NULL, 
	confirmed_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(subscriber) REFERENCES subscribers (id) ON DELETE CASCADE
);
INSERT INTO "consents" VALUES(1,'id 1','purpose 1','wording 1','wording_hash 1','page 1','ip 1',' 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "consents" VALUES(2,'id 2','purpose 2','wording 2','wording_hash 2','page 2','ip 2',' 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE credentials (
	editor VARCHAR(80) NOT NULL, 
	password VARCHAR(200) NOT NULL, 
	totp_generation INTEGER NOT NULL, 
	totp_on BOOLEAN NOT NULL, 
	totp_last INTEGER NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	changed_at DATETIME NOT NULL, 
	PRIMARY KEY (editor), 
	FOREIGN KEY(editor) REFERENCES editors (name)
);
INSERT INTO "credentials" VALUES('name 1','password 1',1,1,1,'zone 1','2026-07-01 21:30:00.000000');
INSERT INTO "credentials" VALUES('name 2','password 2',2,0,2,'zone 2','2026-07-02 21:30:00.000000');
CREATE TABLE deliveries (
	edition VARCHAR(64) NOT NULL, 
	subscriber VARCHAR(32) NOT NULL, 
	message_id VARCHAR(200) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	reply TEXT NOT NULL, 
	at DATETIME NOT NULL, queued_at DATETIME, due_at DATETIME, 
	PRIMARY KEY (edition, subscriber), 
	FOREIGN KEY(edition) REFERENCES editions ("key")
);
INSERT INTO "deliveries" VALUES('key 1','subscriber 1','message_id 1','state 1',1,'reply 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "deliveries" VALUES('key 2','subscriber 2','message_id 2','state 2',2,'reply 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE editions (
	"key" VARCHAR(64) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	revision INTEGER NOT NULL, 
	approved_by VARCHAR(80), 
	approved_at DATETIME, 
	approved_content VARCHAR(64), 
	reason TEXT NOT NULL, approved_overrides VARCHAR(64), 
	PRIMARY KEY ("key")
);
INSERT INTO "editions" VALUES('key 1','state 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000',1,'approved_by 1','2026-07-01 21:30:00.000000','approved_content 1','reason 1','approved_overrides 1');
INSERT INTO "editions" VALUES('key 2','state 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000',2,'approved_by 2','2026-07-02 21:30:00.000000','approved_content 2','reason 2','approved_overrides 2');
CREATE TABLE editors (
	name VARCHAR(80) NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	added_at DATETIME NOT NULL, 
	disabled_at DATETIME, role VARCHAR(16) DEFAULT 'editor' NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "editors" VALUES('name 1','email 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000','role 1');
INSERT INTO "editors" VALUES('name 2','email 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000','role 2');
CREATE TABLE events (
	source VARCHAR(16) NOT NULL, 
	id VARCHAR(200) NOT NULL, 
	what VARCHAR(16) NOT NULL, 
	verdict VARCHAR(16) NOT NULL, 
	edition VARCHAR(64) NOT NULL, 
	subscriber VARCHAR(32) NOT NULL, 
	status VARCHAR(12) NOT NULL, 
	text TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (source, id)
);
INSERT INTO "events" VALUES('source 1','id 1','what 1','verdict 1','edition 1','subscriber 1','status 1','text 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "events" VALUES('source 2','id 2','what 2','verdict 2','edition 2','subscriber 2','status 2','text 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE executors (
	id VARCHAR(64) NOT NULL, 
	host VARCHAR(255) NOT NULL, 
	pid INTEGER NOT NULL, 
	seen_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "executors" VALUES('id 1','host 1',1,'2026-07-01 21:30:00.000000');
INSERT INTO "executors" VALUES('id 2','host 2',2,'2026-07-02 21:30:00.000000');
CREATE TABLE fetched (
	mailbox VARCHAR(300) NOT NULL, 
	validity BIGINT NOT NULL, 
	uid BIGINT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (mailbox, validity, uid)
);
INSERT INTO "fetched" VALUES('mailbox 1',1,1,'2026-07-01 21:30:00.000000');
INSERT INTO "fetched" VALUES('mailbox 2',2,2,'2026-07-02 21:30:00.000000');
CREATE TABLE firings (
	edition VARCHAR(64) NOT NULL, 
	number INTEGER NOT NULL, 
	session DATE NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	PRIMARY KEY (edition, number, session), 
	FOREIGN KEY(edition, number) REFERENCES triggers (edition, number)
);
INSERT INTO "firings" VALUES('key 1',1,'2026-07-01','2026-07-01 21:30:00.000000');
INSERT INTO "firings" VALUES('key 2',2,'2026-07-02','2026-07-02 21:30:00.000000');
CREATE TABLE idempotency (
	owner VARCHAR(80) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	request VARCHAR(64) NOT NULL, 
	status INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (owner, "key")
);
INSERT INTO "idempotency" VALUES('owner 1','key 1','request 1',1,'body 1','2026-07-01 21:30:00.000000');
INSERT INTO "idempotency" VALUES('owner 2','key 2','request 2',2,'body 2','2026-07-02 21:30:00.000000');
CREATE TABLE identities (
	issuer VARCHAR(300) NOT NULL, 
	subject VARCHAR(255) NOT NULL, 
	editor VARCHAR(80) NOT NULL, 
	bound_at DATETIME NOT NULL, 
	PRIMARY KEY (issuer, subject), 
	UNIQUE (issuer, editor), 
	FOREIGN KEY(editor) REFERENCES editors (name)
);
INSERT INTO "identities" VALUES('issuer 1','subject 1','name 1','2026-07-01 21:30:00.000000');
INSERT INTO "identities" VALUES('issuer 2','subject 2','name 2','2026-07-02 21:30:00.000000');
CREATE TABLE invitations (
	id VARCHAR(64) NOT NULL, 
	editor VARCHAR(80) NOT NULL, 
	made_by VARCHAR(80) NOT NULL, 
	made_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	used_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(editor) REFERENCES editors (name)
);
INSERT INTO "invitations" VALUES('id 1','name 1','made_by 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "invitations" VALUES('id 2','name 2','made_by 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE marks (
	edition VARCHAR(64) NOT NULL, 
	number INTEGER NOT NULL, 
	session DATE NOT NULL, 
	value VARCHAR(40), 
	start DATE, 
	reason TEXT NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	PRIMARY KEY (edition, number, session), 
	FOREIGN KEY(edition, number) REFERENCES calls (edition, number)
);
INSERT INTO "marks" VALUES('key 1',1,'2026-07-01','value 1','2026-07-01','reason 1','2026-07-01 21:30:00.000000');
INSERT INTO "marks" VALUES('key 2',2,'2026-07-02','value 2','2026-07-02','reason 2','2026-07-02 21:30:00.000000');
CREATE TABLE notices (
	id INTEGER NOT NULL, 
	edition VARCHAR(64) NOT NULL, 
	about VARCHAR(16) NOT NULL, 
	mark VARCHAR(80) NOT NULL, 
	editor VARCHAR(80) NOT NULL, 
	reason TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	reply TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	next_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (edition, about, mark, editor)
);
INSERT INTO "notices" VALUES(1,'edition 1','about 1','mark 1','editor 1','reason 1','state 1',1,'reply 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "notices" VALUES(2,'edition 2','about 2','mark 2','editor 2','reason 2','state 2',2,'reply 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE overrides (
	edition VARCHAR(64) NOT NULL, 
	revision INTEGER NOT NULL, 
	finding VARCHAR(16) NOT NULL, 
	rule VARCHAR(16) NOT NULL, 
	words TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	editor VARCHAR(80) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	report VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (edition, revision, finding), 
	FOREIGN KEY(edition) REFERENCES editions ("key")
);
INSERT INTO "overrides" VALUES('key 1',1,'finding 1','rule 1','words 1','reason 1','editor 1','role 1','report 1','2026-07-01 21:30:00.000000');
INSERT INTO "overrides" VALUES('key 2',2,'finding 2','rule 2','words 2','reason 2','editor 2','role 2','report 2','2026-07-02 21:30:00.000000');
CREATE TABLE pauses (
	edition VARCHAR(64) NOT NULL, 
	"by" VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (edition), 
	FOREIGN KEY(edition) REFERENCES editions ("key")
);
INSERT INTO "pauses" VALUES('key 1','by 1','2026-07-01 21:30:00.000000','reason 1');
INSERT INTO "pauses" VALUES('key 2','by 2','2026-07-02 21:30:00.000000','reason 2');
CREATE TABLE plans (
	edition VARCHAR(64) NOT NULL, 
	content VARCHAR(64) NOT NULL, 
	send_at DATETIME NOT NULL, 
	"by" VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (edition)
);
INSERT INTO "plans" VALUES('edition 1','content 1','2026-07-01 21:30:00.000000','by 1','2026-07-01 21:30:00.000000');
INSERT INTO "plans" VALUES('edition 2','content 2','2026-07-02 21:30:00.000000','by 2','2026-07-02 21:30:00.000000');
CREATE TABLE presence (
	edition VARCHAR(64) NOT NULL, 
	editor VARCHAR(80) NOT NULL, 
	part VARCHAR(120) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	PRIMARY KEY (edition, editor)
);
INSERT INTO "presence" VALUES('edition 1','editor 1','part 1','2026-07-01 21:30:00.000000');
INSERT INTO "presence" VALUES('edition 2','editor 2','part 2','2026-07-02 21:30:00.000000');
CREATE TABLE progress (
	edition VARCHAR(64) NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	work VARCHAR(16) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	stage VARCHAR(300) NOT NULL, 
	stage_at DATETIME, 
	message VARCHAR(300) NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	hand VARCHAR(200) NOT NULL, 
	text TEXT NOT NULL, 
	sent INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	started_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	PRIMARY KEY (edition)
);
INSERT INTO "progress" VALUES('edition 1','run 1','work 1','state 1','stage 1','2026-07-01 21:30:00.000000','message 1',1,1,'hand 1','text 1',1,'reason 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "progress" VALUES('edition 2','run 2','work 2','state 2','stage 2','2026-07-02 21:30:00.000000','message 2',2,2,'hand 2','text 2',2,'reason 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE recovery_codes (
	editor VARCHAR(80) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	used_at DATETIME, 
	PRIMARY KEY (editor, hash), 
	FOREIGN KEY(editor) REFERENCES editors (name)
);
INSERT INTO "recovery_codes" VALUES('name 1','hash 1','2026-07-01 21:30:00.000000');
INSERT INTO "recovery_codes" VALUES('name 2','hash 2','2026-07-02 21:30:00.000000');
CREATE TABLE revisions (
	edition VARCHAR(64) NOT NULL, 
	number INTEGER NOT NULL, 
	author VARCHAR(80) NOT NULL, 
	made_at DATETIME NOT NULL, 
	snapshot VARCHAR(80) NOT NULL, 
	ledger VARCHAR(80) NOT NULL, 
	draft VARCHAR(80) NOT NULL, 
	rendered VARCHAR(80) NOT NULL, 
	report VARCHAR(80) NOT NULL, 
	content VARCHAR(64) NOT NULL, 
	blocked BOOLEAN NOT NULL, subject VARCHAR(400) DEFAULT '' NOT NULL, 
	PRIMARY KEY (edition, number), 
	FOREIGN KEY(edition) REFERENCES editions ("key")
);
INSERT INTO "revisions" VALUES('key 1',1,'author 1','2026-07-01 21:30:00.000000','snapshot 1','ledger 1','draft 1','rendered 1','report 1','content 1',1,'subject 1');
INSERT INTO "revisions" VALUES('key 2',2,'author 2','2026-07-02 21:30:00.000000','snapshot 2','ledger 2','draft 2','rendered 2','report 2','content 2',0,'subject 2');
CREATE TABLE segments (
	name VARCHAR(32) NOT NULL, 
	expression TEXT NOT NULL, 
	"by" VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "segments" VALUES('name 1','expression 1','by 1','2026-07-01 21:30:00.000000');
INSERT INTO "segments" VALUES('name 2','expression 2','by 2','2026-07-02 21:30:00.000000');
CREATE TABLE sessions (
	id VARCHAR(64) NOT NULL, 
	editor VARCHAR(80) NOT NULL, 
	made_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	agent VARCHAR(120) NOT NULL, 
	stage VARCHAR(16) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(editor) REFERENCES editors (name)
);
INSERT INTO "sessions" VALUES('id 1','name 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000','agent 1','stage 1');
INSERT INTO "sessions" VALUES('id 2','name 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000','agent 2','stage 2');
CREATE TABLE spending (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	model VARCHAR(200) NOT NULL, 
	tokens INTEGER NOT NULL, 
	cost VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "spending" VALUES(1,'2026-07-01 21:30:00.000000','model 1',1,'cost 1');
INSERT INTO "spending" VALUES(2,'2026-07-02 21:30:00.000000','model 2',2,'cost 2');
CREATE TABLE subscribers (
	id VARCHAR(32) NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	list VARCHAR(32) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	consent TEXT NOT NULL, 
	added_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, mailbox VARCHAR(254) DEFAULT '' NOT NULL, paused_until DATE, country VARCHAR(2) DEFAULT '' NOT NULL, language VARCHAR(35) DEFAULT '' NOT NULL, source VARCHAR(200) DEFAULT '' NOT NULL, tickers TEXT DEFAULT '' NOT NULL, tags TEXT DEFAULT '' NOT NULL, days VARCHAR(7) DEFAULT '1234567' NOT NULL, custom JSON DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (email, list)
);
INSERT INTO "subscribers" VALUES('id 1','email 1','name 1','list 1','status 1','consent 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000','mailbox 1','2026-07-01',' 1','language 1','source 1','tickers 1','tags 1','days 1','{}');
INSERT INTO "subscribers" VALUES('id 2','email 2','name 2','list 2','status 2','consent 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000','mailbox 2','2026-07-02',' 2','language 2','source 2','tickers 2','tags 2','days 2','{}');
CREATE TABLE suppressions (
	mark VARCHAR(64) NOT NULL, 
	cause VARCHAR(16) NOT NULL, 
	detail TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (mark)
);
INSERT INTO "suppressions" VALUES('mark 1','cause 1','detail 1','2026-07-01 21:30:00.000000');
INSERT INTO "suppressions" VALUES('mark 2','cause 2','detail 2','2026-07-02 21:30:00.000000');
CREATE TABLE triggers (
	edition VARCHAR(64) NOT NULL, 
	number INTEGER NOT NULL, 
	session DATE NOT NULL, 
	words TEXT NOT NULL, 
	condition TEXT NOT NULL, 
	lapses DATE NOT NULL, 
	PRIMARY KEY (edition, number), 
	FOREIGN KEY(edition) REFERENCES views (edition)
);
INSERT INTO "triggers" VALUES('key 1',1,'2026-07-01','words 1','condition 1','2026-07-01');
INSERT INTO "triggers" VALUES('key 2',2,'2026-07-02','words 2','condition 2','2026-07-02');
CREATE TABLE unread_reports (
	id VARCHAR(64) NOT NULL, 
	reason TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	text TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	done_at DATETIME, 
	PRIMARY KEY (id)
);
INSERT INTO "unread_reports" VALUES('id 1','reason 1','subject 1','text 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "unread_reports" VALUES('id 2','reason 2','subject 2','text 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE views (
	edition VARCHAR(64) NOT NULL, 
	session DATE NOT NULL, 
	theme VARCHAR(40) NOT NULL, 
	stance VARCHAR(16) NOT NULL, 
	headline TEXT NOT NULL, 
	dek TEXT NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	PRIMARY KEY (edition), 
	FOREIGN KEY(edition) REFERENCES editions ("key")
);
INSERT INTO "views" VALUES('key 1','2026-07-01','theme 1','stance 1','headline 1','dek 1',1,'2026-07-01 21:30:00.000000');
INSERT INTO "views" VALUES('key 2','2026-07-02','theme 2','stance 2','headline 2','dek 2',0,'2026-07-02 21:30:00.000000');
CREATE TABLE webhook_log (
	id VARCHAR(32) NOT NULL, 
	webhook VARCHAR(32) NOT NULL, 
	event VARCHAR(40) NOT NULL, 
	subject VARCHAR(80) NOT NULL, 
	body TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	status INTEGER, 
	reply TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	next_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(webhook) REFERENCES webhooks (id)
);
INSERT INTO "webhook_log" VALUES('id 1','id 1','event 1','subject 1','body 1','state 1',1,1,'reply 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "webhook_log" VALUES('id 2','id 2','event 2','subject 2','body 2','state 2',2,2,'reply 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE webhooks (
	id VARCHAR(32) NOT NULL, 
	url TEXT NOT NULL, 
	events TEXT NOT NULL, 
	made_by VARCHAR(80) NOT NULL, 
	made_at DATETIME NOT NULL, 
	disabled_at DATETIME, 
	PRIMARY KEY (id)
);
INSERT INTO "webhooks" VALUES('id 1','url 1','events 1','made_by 1','2026-07-01 21:30:00.000000','2026-07-01 21:30:00.000000');
INSERT INTO "webhooks" VALUES('id 2','url 2','events 2','made_by 2','2026-07-02 21:30:00.000000','2026-07-02 21:30:00.000000');
CREATE TABLE wishes (
	id VARCHAR(32) NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	lists TEXT NOT NULL, 
	tickers TEXT NOT NULL, 
	country VARCHAR(2) NOT NULL, 
	wording VARCHAR(40) NOT NULL, 
	wording_hash VARCHAR(64) NOT NULL, 
	page VARCHAR(80) NOT NULL, 
	ip VARCHAR(45) NOT NULL, 
	asked_at DATETIME NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at DATETIME, 
	PRIMARY KEY (id)
);
INSERT INTO "wishes" VALUES('id 1','email 1','name 1','lists 1','tickers 1',' 1','wording 1','wording_hash 1','page 1','ip 1','2026-07-01 21:30:00.000000','state 1',1,'2026-07-01 21:30:00.000000');
INSERT INTO "wishes" VALUES('id 2','email 2','name 2','lists 2','tickers 2',' 2','wording 2','wording_hash 2','page 2','ip 2','2026-07-02 21:30:00.000000','state 2',2,'2026-07-02 21:30:00.000000');
CREATE INDEX ix_editions_state ON editions (state);
CREATE INDEX ix_audit_subject ON audit (subject);
CREATE INDEX ix_views_session ON views (session);
CREATE TRIGGER views_no_update before update on views  begin select raise(abort, 'rows of views are only added'); end;
CREATE TRIGGER views_no_delete before delete on views  begin select raise(abort, 'rows of views are only added'); end;
CREATE TRIGGER views_no_insert before insert on views when exists (select 1 from views where edition = new.edition) begin select raise(abort, 'rows of views are only added'); end;
CREATE TRIGGER calls_no_update before update on calls  begin select raise(abort, 'rows of calls are only added'); end;
CREATE TRIGGER calls_no_delete before delete on calls  begin select raise(abort, 'rows of calls are only added'); end;
CREATE TRIGGER calls_no_insert before insert on calls when exists (select 1 from calls where edition = new.edition and number = new.number) begin select raise(abort, 'rows of calls are only added'); end;
CREATE TRIGGER triggers_no_update before update on triggers  begin select raise(abort, 'rows of triggers are only added'); end;
CREATE TRIGGER triggers_no_delete before delete on triggers  begin select raise(abort, 'rows of triggers are only added'); end;
CREATE TRIGGER triggers_no_insert before insert on triggers when exists (select 1 from triggers where edition = new.edition and number = new.number) begin select raise(abort, 'rows of triggers are only added'); end;
CREATE TRIGGER marks_no_update before update on marks  begin select raise(abort, 'rows of marks are only added'); end;
CREATE TRIGGER marks_no_delete before delete on marks  begin select raise(abort, 'rows of marks are only added'); end;
CREATE TRIGGER marks_no_insert before insert on marks when exists (select 1 from marks where edition = new.edition and number = new.number and session = new.session) begin select raise(abort, 'rows of marks are only added'); end;
CREATE TRIGGER firings_no_update before update on firings  begin select raise(abort, 'rows of firings are only added'); end;
CREATE TRIGGER firings_no_delete before delete on firings  begin select raise(abort, 'rows of firings are only added'); end;
CREATE TRIGGER firings_no_insert before insert on firings when exists (select 1 from firings where edition = new.edition and number = new.number and session = new.session) begin select raise(abort, 'rows of firings are only added'); end;
CREATE INDEX ix_spending_at ON spending (at);
CREATE INDEX ix_progress_updated_at ON progress (updated_at);
CREATE INDEX ix_sessions_ends_at ON sessions (ends_at);
CREATE INDEX ix_sessions_editor ON sessions (editor);
CREATE INDEX ix_attempts_what_who_at ON attempts (what, who, at);
CREATE INDEX ix_attempts_at ON attempts (at);
CREATE INDEX ix_invitations_editor ON invitations (editor);
CREATE INDEX ix_approve_links_edition ON approve_links (edition);
CREATE INDEX ix_comments_edition ON comments (edition);
CREATE INDEX ix_plans_send_at ON plans (send_at);
CREATE INDEX ix_api_tokens_owner ON api_tokens (owner);
CREATE INDEX ix_idempotency_at ON idempotency (at);
CREATE INDEX ix_webhook_log_webhook ON webhook_log (webhook);
CREATE INDEX ix_webhook_log_state_next_at ON webhook_log (state, next_at);
CREATE INDEX ix_audit_actor ON audit (actor);
CREATE INDEX ix_audit_action ON audit (action);
CREATE INDEX ix_deliveries_subscriber ON deliveries (subscriber);
CREATE INDEX ix_identities_editor ON identities (editor);
CREATE INDEX ix_notices_state_next_at ON notices (state, next_at);
CREATE INDEX ix_events_edition_what ON events (edition, what);
CREATE INDEX ix_events_subscriber ON events (subscriber);
CREATE INDEX ix_events_received_at ON events (received_at);
CREATE INDEX ix_deliveries_message_id ON deliveries (message_id);
CREATE INDEX ix_deliveries_edition_state_due_at ON deliveries (edition, state, due_at);
CREATE INDEX ix_subscribers_mailbox ON subscribers (mailbox, list, id);
CREATE INDEX ix_subscribers_list_mailbox ON subscribers (list, mailbox, id);
CREATE INDEX ix_wishes_email ON wishes (email);
CREATE INDEX ix_wishes_state_next_at ON wishes (state, next_at);
CREATE INDEX ix_consents_subscriber ON consents (subscriber);
COMMIT;
