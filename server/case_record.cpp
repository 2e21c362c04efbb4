#include "server/case_record.h"

#include <simdjson.h>

#include "api/json_writer.h"

namespace sightline::server {
namespace {

using JsonObject = simdjson::dom::object;

constexpr int64_t kVersion = 1;

void WriteAuthor(api::JsonWriter& json, std::string_view name, const Author& author) {
  json.Key(name).BeginObject().Key("id").String(author.id);
  json.Key("name").String(author.name).EndObject();
}

// A parsed record. Reads members until one is not what it should be.
class Reader {
 public:
  explicit Reader(std::string_view text) {
    JsonObject object;
    int64_t version = 0;
    good_ = parser_.parse(text.data(), text.size()).get(object) == simdjson::SUCCESS &&
            object["version"].get(version) == simdjson::SUCCESS && version == kVersion;
    if (good_) object_ = object;
  }

  bool good() const { return good_; }
  bool Has(std::string_view name) const {
    return good_ && object_[name].error() == simdjson::SUCCESS;
  }
  void Read(std::string_view name, std::string& text) {
    std::string_view view;
    if (Take(object_[name].get(view))) text = view;
  }
  void Read(std::string_view name, TimestampMs& time) { Take(object_[name].get(time.value)); }
  void Read(std::string_view name, uint64_t& number) { Take(object_[name].get(number)); }
  void Read(std::string_view name, bool& flag) { Take(object_[name].get(flag)); }
  void Read(std::string_view name, Author& author) {
    std::string_view id;
    std::string_view author_name;
    if (Take(object_[name]["id"].get(id))) author.id = id;
    if (Take(object_[name]["name"].get(author_name))) author.name = author_name;
  }

 private:
  bool Take(simdjson::error_code code) {
    good_ = good_ && code == simdjson::SUCCESS;
    return good_;
  }

  simdjson::dom::parser parser_;
  JsonObject object_;
  bool good_ = false;
};

Error BadRecord(std::string_view id) {
  return {ErrorCode::kCorruption, "the stored case or item '" + std::string(id) +
                                      "' cannot be read", {}};
}

void BeginItem(api::JsonWriter& json, const CaseItem& item) {
  json.BeginObject().Key("version").Int(kVersion);
  json.Key("added_ms").Int(item.added.value);
  WriteAuthor(json, "added_by", item.added_by);
}

void ReadItem(Reader& reader, std::string_view id, CaseItem& item) {
  item.id = id;
  reader.Read("added_ms", item.added);
  reader.Read("added_by", item.added_by);
}

}  // namespace

std::string EncodeCase(const CaseRecord& record) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("version").Int(kVersion);
  json.Key("name").String(record.name);
  json.Key("reference").String(record.reference);
  json.Key("description").String(record.description);
  json.Key("created_ms").Int(record.created.value);
  WriteAuthor(json, "created_by", record.created_by);
  json.Key("changed_ms").Int(record.changed.value);
  WriteAuthor(json, "changed_by", record.changed_by);
  if (record.closed) {
    json.Key("closed_ms").Int(record.closed->value);
    WriteAuthor(json, "closed_by", record.closed_by);
  }
  json.Key("revision").Uint(record.revision);
  json.Key("deleting").Bool(record.deleting);
  json.EndObject();
  return text;
}

Result<CaseRecord> DecodeCase(std::string_view id, std::string_view text) {
  Reader reader(text);
  if (!reader.good()) return BadRecord(id);
  CaseRecord record{.id = std::string(id)};
  reader.Read("name", record.name);
  reader.Read("reference", record.reference);
  reader.Read("description", record.description);
  reader.Read("created_ms", record.created);
  reader.Read("created_by", record.created_by);
  reader.Read("changed_ms", record.changed);
  reader.Read("changed_by", record.changed_by);
  if (reader.Has("closed_ms")) {
    record.closed.emplace();
    reader.Read("closed_ms", *record.closed);
    reader.Read("closed_by", record.closed_by);
  }
  reader.Read("revision", record.revision);
  reader.Read("deleting", record.deleting);
  if (!reader.good()) return BadRecord(id);
  return record;
}

std::string EncodeItem(const CaseQuery& query) {
  std::string text;
  api::JsonWriter json(text);
  BeginItem(json, query);
  json.Key("name").String(query.name).Key("target").String(query.target);
  json.Key("body").String(query.body).EndObject();
  return text;
}

std::string EncodeItem(const CaseSighting& sighting) {
  std::string text;
  api::JsonWriter json(text);
  BeginItem(json, sighting);
  json.Key("note").String(sighting.note).Key("seen_as_of").Uint(sighting.seen_as_of);
  json.Key("seen").String(sighting.seen).EndObject();
  return text;
}

std::string EncodeItem(const CaseNote& note) {
  std::string text;
  api::JsonWriter json(text);
  BeginItem(json, note);
  json.Key("text").String(note.text).EndObject();
  return text;
}

Status DecodeItem(std::string_view id, std::string_view text, CaseQuery& query) {
  Reader reader(text);
  if (!reader.good()) return BadRecord(id);
  ReadItem(reader, id, query);
  reader.Read("name", query.name);
  reader.Read("target", query.target);
  reader.Read("body", query.body);
  return reader.good() ? Ok() : Status(BadRecord(id));
}

Status DecodeItem(std::string_view id, std::string_view text, CaseSighting& sighting) {
  Reader reader(text);
  if (!reader.good()) return BadRecord(id);
  ReadItem(reader, id, sighting);
  reader.Read("note", sighting.note);
  reader.Read("seen_as_of", sighting.seen_as_of);
  reader.Read("seen", sighting.seen);
  return reader.good() ? Ok() : Status(BadRecord(id));
}

Status DecodeItem(std::string_view id, std::string_view text, CaseNote& note) {
  Reader reader(text);
  if (!reader.good()) return BadRecord(id);
  ReadItem(reader, id, note);
  reader.Read("text", note.text);
  return reader.good() ? Ok() : Status(BadRecord(id));
}

}  // namespace sightline::server
