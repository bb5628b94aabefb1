// The tables of a project.
#pragma once

namespace kerasan::study {

inline constexpr int kApplicationId = 0x4B535459;  // "KSTY", in the header of the file

// Rows are only ever added: triggers refuse everything else.
inline constexpr const char* kSchema = R"sql(
CREATE TABLE event(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL,
  item INTEGER, stage INTEGER, value TEXT NOT NULL, note TEXT NOT NULL);
CREATE INDEX event_of_item ON event(item, kind, stage, id) WHERE item IS NOT NULL;
CREATE INDEX event_of_kind ON event(kind, stage, id) WHERE kind <> 'rate';
CREATE TABLE item(
  id INTEGER PRIMARY KEY,
  event INTEGER NOT NULL, given TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL, url TEXT NOT NULL, labels TEXT NOT NULL, body TEXT NOT NULL,
  created TEXT NOT NULL, closed TEXT NOT NULL);
CREATE TABLE stage(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE rater(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE later(
  item INTEGER NOT NULL, stage INTEGER NOT NULL, rater INTEGER NOT NULL,
  event INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY(item, stage, rater, event)) WITHOUT ROWID;
-- Ratings that came with their item (item.given) and those made later; RatingScan reads many.
CREATE VIEW rating(item, stage, rater, event, value) AS
  SELECT item, stage, rater, event, value FROM later
  UNION ALL
  SELECT item.id, json_extract(one.value, '$[0]'), json_extract(one.value, '$[1]'), item.event,
    json_extract(one.value, '$[2]') FROM item, json_each(item.given) AS one;
CREATE TABLE fact(
  item INTEGER NOT NULL, field TEXT NOT NULL, event INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY(item, field, event)) WITHOUT ROWID;
CREATE TABLE document(
  name TEXT NOT NULL, event INTEGER NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY(name, event)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(title, body, labels, content='item', content_rowid='id');
CREATE TABLE indexed(item INTEGER NOT NULL);
INSERT INTO indexed VALUES(0);
)sql";

inline constexpr const char* kKept[] = {"event", "item", "stage",   "rater",
                                        "later", "fact", "document"};

}  // namespace kerasan::study
