-- A state as version 1 wrote it: records, an open write, a tombstone, a line of the ledger, one run.
BEGIN TRANSACTION;
CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, run TEXT NOT NULL, address TEXT NOT NULL,
  action TEXT NOT NULL, step TEXT NOT NULL, connection TEXT NOT NULL, object_id TEXT, request TEXT NOT NULL,
  request_digest TEXT NOT NULL, plan_digest TEXT NOT NULL, at REAL NOT NULL, phase TEXT NOT NULL, after TEXT,
  detail TEXT NOT NULL, listing TEXT
);
INSERT INTO "journal" VALUES(1,'i1','49e06736','optimum/Location/leeds','create','create','optimum','xd3S6','{"name":"Acme Leeds"}','sha256:1','sha256:plan',1000.0,'DONE',NULL,'','1cb7d1f8a4820517682b665c87ed807e893782ee8659d582dae3050aa060050d');
INSERT INTO "journal" VALUES(2,'i2','49e06736','optimum/Location/york','create','create','optimum',NULL,'{"name":"Acme York"}','sha256:2','sha256:plan',1001.0,'UNKNOWN','["optimum/Location/york","optimum","","{\"name\":\"Acme York\"}","",null,null,null]','the answer was lost','f2a2d9f5cfced03149a66af74d7f62bd70f79dafdb4ad76d33e8e267b0a3f0fa');
INSERT INTO "journal" VALUES(3,'i3','49e06736','optimum/Location/hull','delete','delete','optimum','old1','{}','sha256:3','sha256:plan',1002.0,'DONE',NULL,'',NULL);
CREATE TABLE ledger (
  address TEXT PRIMARY KEY, identity TEXT NOT NULL, key_id TEXT, run TEXT NOT NULL, at REAL NOT NULL
) WITHOUT ROWID;
INSERT INTO "ledger" VALUES('enco/Send/hello','hmac:5f0c','k1','49e06736',1000.0);
CREATE TABLE listings (
  reference TEXT PRIMARY KEY, connection TEXT NOT NULL, kind TEXT NOT NULL, ids TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "listings" VALUES('f2a2d9f5cfced03149a66af74d7f62bd70f79dafdb4ad76d33e8e267b0a3f0fa','optimum','optimum/Location','["a","xd3S6"]');
CREATE TABLE lock (
  one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT NOT NULL, run TEXT NOT NULL, host TEXT NOT NULL,
  pid INTEGER NOT NULL, user TEXT NOT NULL, started TEXT, command TEXT NOT NULL, since REAL NOT NULL, plan_digest TEXT
);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
INSERT INTO "meta" VALUES('born_of','sha256:plan');
INSERT INTO "meta" VALUES('environment',NULL);
INSERT INTO "meta" VALUES('lineage','a107b889-d900-4766-9004-70acfd5a6060');
INSERT INTO "meta" VALUES('project','acme');
INSERT INTO "meta" VALUES('serial','1');
CREATE TABLE origins (connection TEXT PRIMARY KEY, origin TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "origins" VALUES('customersure','https://api.customersure.com:443');
INSERT INTO "origins" VALUES('optimum','https://optimumfeedback.com:443');
CREATE TABLE records (
  address TEXT PRIMARY KEY, connection TEXT NOT NULL, id TEXT NOT NULL, fields TEXT NOT NULL, origin TEXT NOT NULL,
  depends_on TEXT, lifecycle TEXT, source TEXT
);
INSERT INTO "records" VALUES('customersure/Site/leeds','customersure','leeds-1','{"name":"Acme Leeds","site_code":"leeds-1"}','https://api.customersure.com:443',NULL,NULL,NULL);
INSERT INTO "records" VALUES('optimum/Location/leeds','optimum','xd3S6','{"name":"Acme Leeds"}','https://optimumfeedback.com:443','["customersure/Site/leeds"]','{"ignore_changes":[],"on_remove":"delete","prevent_destroy":true,"replace":"refuse"}','3:5:manifests/leeds.yaml');
CREATE TABLE runs (
  sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, command TEXT NOT NULL, plan_digest TEXT, started REAL NOT NULL,
  ended REAL, user TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, exit_code INTEGER, counts TEXT,
  serial INTEGER
);
INSERT INTO "runs" VALUES(1,'49e06736','apply','sha256:plan',1000.0,1000.0,'ann','host-a',41,9,'{"create":1,"delete":1}',1);
CREATE TABLE tombstones (
  kind TEXT NOT NULL, connection TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, connection, id)
) WITHOUT ROWID;
INSERT INTO "tombstones" VALUES('optimum/Location','optimum','old1');
CREATE INDEX journal_open ON journal (sequence) WHERE phase IN ('INTENT', 'UNKNOWN');
CREATE INDEX journal_run ON journal (run);
PRAGMA user_version=1;
PRAGMA application_id=1380142674;
COMMIT;
