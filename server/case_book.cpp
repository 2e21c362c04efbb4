#include "server/case_book.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "server/entity_tag.h"

namespace sightline::server {
namespace {

constexpr std::string_view kCases = "cases";
constexpr CaseBook::Kind kKinds[] = {CaseBook::Kind::kQuery, CaseBook::Kind::kSighting,
                                     CaseBook::Kind::kNote};

std::string_view NameOf(CaseBook::Kind kind) {
  switch (kind) {
    case CaseBook::Kind::kQuery: return "queries";
    case CaseBook::Kind::kSighting: return "sightings";
    case CaseBook::Kind::kNote: return "notes";
  }
  return "";
}

constexpr CaseBook::Kind KindOf(const CaseQuery&) { return CaseBook::Kind::kQuery; }
constexpr CaseBook::Kind KindOf(const CaseSighting&) { return CaseBook::Kind::kSighting; }
constexpr CaseBook::Kind KindOf(const CaseNote&) { return CaseBook::Kind::kNote; }

std::string TableOf(std::string_view case_id, CaseBook::Kind kind) {
  return fmt::format("case_{}.{}", NameOf(kind), case_id);
}

// 128 random bits: an id that was not shown to a caller cannot be guessed.
std::string NewId() {
  unsigned char bytes[16];
  randombytes_buf(bytes, sizeof bytes);
  char hex[2 * sizeof bytes + 1];
  sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
  return hex;
}

Error UnknownCase() { return NotFound("there is no case with this id"); }

Error ChangedMeanwhile(const CaseRecord& record) {
  return {ErrorCode::kConflict,
          fmt::format("the case was changed since: it is at revision {} now; read it again",
                      record.revision),
          std::string(CaseBook::kIfMatchField)};
}

Error TooManyItems(CaseBook::Kind kind) {
  return {ErrorCode::kTooLarge,
          fmt::format("a case holds at most {} {}", CaseBook::kMaxItems, NameOf(kind)),
          {}};
}

template <typename Item>
Result<std::vector<Item>> ReadItems(const storage::Store& store, std::string_view case_id) {
  SIGHTLINE_ASSIGN(const auto entries, store.Entries(TableOf(case_id, KindOf(Item{}))));
  std::vector<Item> items;
  items.reserve(entries.size());
  for (const auto& [id, text] : entries) {
    SIGHTLINE_RETURN_IF_ERROR(DecodeItem(id, text, items.emplace_back()));
  }
  std::ranges::sort(items, {}, [](const Item& item) { return std::tie(item.added, item.id); });
  return items;
}

void Apply(const api::CaseChange& change, TimestampMs now, const Author& author,
           CaseRecord& record) {
  if (change.name) record.name = *change.name;
  if (change.reference) record.reference = *change.reference;
  if (change.description) record.description = *change.description;
  if (!change.status || *change.status == record.status()) return;
  const bool closes = *change.status == api::CaseStatus::kClosed;
  record.closed = closes ? std::optional(now) : std::nullopt;
  record.closed_by = closes ? author : Author{};
}

}  // namespace

Result<std::unique_ptr<CaseBook>> CaseBook::Open(storage::Store& store, const Clock& clock) {
  SIGHTLINE_ASSIGN(const auto entries, store.Entries(kCases));
  Snapshot cases;
  std::vector<CasePointer> to_delete;
  for (const auto& [id, text] : entries) {
    SIGHTLINE_ASSIGN(CaseRecord record, DecodeCase(id, text));
    auto pointer = std::make_shared<const CaseRecord>(std::move(record));
    if (pointer->deleting) to_delete.push_back(pointer);
    cases.emplace(id, std::move(pointer));
  }
  std::unique_ptr<CaseBook> book(new CaseBook(store, clock));
  {
    const MutexLock lock(book->snapshot_mutex_);
    book->snapshot_ = std::make_shared<const Snapshot>(std::move(cases));
  }
  const MutexLock lock(book->write_mutex_);
  for (const CasePointer& record : to_delete) {
    SIGHTLINE_RETURN_IF_ERROR(book->DeleteWhole(*record));
  }
  return book;
}

std::shared_ptr<const CaseBook::Snapshot> CaseBook::Read() const {
  const MutexLock lock(snapshot_mutex_);
  return snapshot_;
}

Status CaseBook::Put(CaseRecord record) {
  SIGHTLINE_RETURN_IF_ERROR(store_.PutEntry(kCases, record.id, EncodeCase(record)));
  Snapshot cases = *Read();
  const std::string id = record.id;
  cases.insert_or_assign(id, std::make_shared<const CaseRecord>(std::move(record)));
  const MutexLock lock(snapshot_mutex_);
  snapshot_ = std::make_shared<const Snapshot>(std::move(cases));
  return Ok();
}

void CaseBook::Forget(std::string_view id) {
  Snapshot cases = *Read();
  if (const auto found = cases.find(id); found != cases.end()) cases.erase(found);
  const MutexLock lock(snapshot_mutex_);
  snapshot_ = std::make_shared<const Snapshot>(std::move(cases));
}

Result<CaseBook::CasePointer> CaseBook::Find(std::string_view id) const {
  const auto cases = Read();
  const auto found = cases->find(id);
  if (found == cases->end() || found->second->deleting) return UnknownCase();
  return found->second;
}

std::vector<CaseBook::CasePointer> CaseBook::List() const {
  const auto cases = Read();
  std::vector<CasePointer> list;
  for (const auto& [id, record] : *cases) {
    if (!record->deleting) list.push_back(record);
  }
  std::ranges::stable_sort(list, std::greater(), &CaseRecord::created);
  return list;
}

Result<CaseRecord> CaseBook::Changeable(std::string_view id, IfMatch if_match) const {
  SIGHTLINE_ASSIGN(const CasePointer record, Find(id));
  if (!IfMatchHolds(if_match, record->revision)) return ChangedMeanwhile(*record);
  return *record;
}

Result<CaseRecord> CaseBook::OpenForChange(std::string_view id, IfMatch if_match) const {
  SIGHTLINE_ASSIGN(CaseRecord record, Changeable(id, if_match));
  if (!record.closed) return record;
  return Error{ErrorCode::kConflict, "the case is closed; open it again to change what it holds",
               {}};
}

Result<CaseBook::CasePointer> CaseBook::PutNextRevision(CaseRecord record, const Author& author) {
  ++record.revision;
  record.changed = clock_.Now();
  record.changed_by = author;
  const std::string id = record.id;
  SIGHTLINE_RETURN_IF_ERROR(Put(std::move(record)));
  return Find(id);
}

Result<CaseBook::CasePointer> CaseBook::Create(const api::CaseChange& change,
                                               const Author& author) {
  const TimestampMs now = clock_.Now();
  CaseRecord record{.id = NewId(),
                    .created = now,
                    .created_by = author,
                    .changed = now,
                    .changed_by = author};
  Apply(change, now, author, record);
  const std::string id = record.id;
  const MutexLock lock(write_mutex_);
  SIGHTLINE_RETURN_IF_ERROR(Put(std::move(record)));
  return Find(id);
}

Result<CaseBook::CasePointer> CaseBook::Change(std::string_view id, const api::CaseChange& change,
                                               IfMatch if_match, const Author& author) {
  const MutexLock lock(write_mutex_);
  SIGHTLINE_ASSIGN(CaseRecord record, Changeable(id, if_match));
  Apply(change, clock_.Now(), author, record);
  return PutNextRevision(std::move(record), author);
}

Status CaseBook::DeleteWhole(const CaseRecord& record) {
  for (const Kind kind : kKinds) {
    const std::string table = TableOf(record.id, kind);
    SIGHTLINE_ASSIGN(const auto entries, store_.Entries(table));
    for (const auto& [item, text] : entries) {
      SIGHTLINE_RETURN_IF_ERROR(store_.DeleteEntry(table, item));
    }
  }
  SIGHTLINE_RETURN_IF_ERROR(store_.DeleteEntry(kCases, record.id));
  Forget(record.id);
  return Ok();
}

Status CaseBook::Delete(std::string_view id, IfMatch if_match) {
  const MutexLock lock(write_mutex_);
  SIGHTLINE_ASSIGN(CaseRecord record, Changeable(id, if_match));
  record.deleting = true;
  SIGHTLINE_RETURN_IF_ERROR(Put(record));
  return DeleteWhole(record);
}

Result<std::vector<CaseQuery>> CaseBook::Queries(std::string_view id) const {
  SIGHTLINE_RETURN_IF_ERROR(Find(id));
  return ReadItems<CaseQuery>(store_, id);
}

Result<std::vector<CaseSighting>> CaseBook::Sightings(std::string_view id) const {
  SIGHTLINE_RETURN_IF_ERROR(Find(id));
  return ReadItems<CaseSighting>(store_, id);
}

Result<std::vector<CaseNote>> CaseBook::Notes(std::string_view id) const {
  SIGHTLINE_RETURN_IF_ERROR(Find(id));
  return ReadItems<CaseNote>(store_, id);
}

Result<CaseBook::Whole> CaseBook::ReadWhole(std::string_view id) {
  const MutexLock lock(write_mutex_);
  Whole whole;
  SIGHTLINE_ASSIGN(whole.record, Find(id));
  SIGHTLINE_ASSIGN(whole.queries, ReadItems<CaseQuery>(store_, id));
  SIGHTLINE_ASSIGN(whole.sightings, ReadItems<CaseSighting>(store_, id));
  SIGHTLINE_ASSIGN(whole.notes, ReadItems<CaseNote>(store_, id));
  return whole;
}

template <typename Item>
Result<CaseBook::Added<Item>> CaseBook::AddItem(std::string_view id, Item item, IfMatch if_match,
                                                const Author& author) {
  const MutexLock lock(write_mutex_);
  SIGHTLINE_ASSIGN(CaseRecord record, OpenForChange(id, if_match));
  const std::string table = TableOf(id, KindOf(item));
  SIGHTLINE_ASSIGN(const auto entries, store_.Entries(table));
  if (entries.size() >= kMaxItems) return TooManyItems(KindOf(item));
  item.id = NewId();
  item.added = clock_.Now();
  item.added_by = author;
  SIGHTLINE_ASSIGN(CasePointer changed, PutNextRevision(std::move(record), author));
  SIGHTLINE_RETURN_IF_ERROR(store_.PutEntry(table, item.id, EncodeItem(item)));
  return Added<Item>{std::move(changed), std::move(item)};
}

Result<CaseBook::Added<CaseQuery>> CaseBook::AddQuery(std::string_view id,
                                                      const api::SavedQuery& query,
                                                      IfMatch if_match, const Author& author) {
  CaseQuery item;
  item.name = query.name;
  item.target = query.target;
  item.body = query.body;
  return AddItem(id, std::move(item), if_match, author);
}

Result<CaseBook::Added<CaseNote>> CaseBook::AddNote(std::string_view id, std::string_view text,
                                                    IfMatch if_match, const Author& author) {
  CaseNote item;
  item.text = text;
  return AddItem(id, std::move(item), if_match, author);
}

Result<CaseBook::Ticked> CaseBook::AddSightings(std::string_view id,
                                                std::span<const CaseSighting> sightings,
                                                IfMatch if_match, const Author& author) {
  const MutexLock lock(write_mutex_);
  SIGHTLINE_ASSIGN(CaseRecord record, OpenForChange(id, if_match));
  SIGHTLINE_ASSIGN(const std::vector<CaseSighting> before, ReadItems<CaseSighting>(store_, id));
  std::map<std::string_view, const CaseSighting*> ticked;
  for (const CaseSighting& one : before) ticked.emplace(one.id, &one);

  Ticked outcome;
  std::vector<CaseSighting> to_put;
  const TimestampMs now = clock_.Now();
  for (const CaseSighting& one : sightings) {
    const auto found = ticked.find(one.id);
    if (found == ticked.end()) {
      CaseSighting item = one;
      item.added = now;
      item.added_by = author;
      to_put.push_back(std::move(item));
      ++outcome.added;
      continue;
    }
    ++outcome.already;
    if (one.note.empty() || one.note == found->second->note) continue;
    CaseSighting item = *found->second;
    item.note = one.note;
    to_put.push_back(std::move(item));
  }
  if (before.size() + outcome.added > kMaxItems) return TooManyItems(Kind::kSighting);
  if (to_put.empty()) {
    SIGHTLINE_ASSIGN(outcome.record, Find(id));
    return outcome;
  }
  SIGHTLINE_ASSIGN(outcome.record, PutNextRevision(std::move(record), author));
  const std::string table = TableOf(id, Kind::kSighting);
  for (const CaseSighting& item : to_put) {
    SIGHTLINE_RETURN_IF_ERROR(store_.PutEntry(table, item.id, EncodeItem(item)));
  }
  return outcome;
}

Result<CaseBook::CasePointer> CaseBook::RemoveItem(std::string_view id, Kind kind,
                                                   std::string_view item, IfMatch if_match,
                                                   const Author& author) {
  const MutexLock lock(write_mutex_);
  SIGHTLINE_ASSIGN(CaseRecord record, OpenForChange(id, if_match));
  const std::string table = TableOf(id, kind);
  SIGHTLINE_ASSIGN(const auto entries, store_.Entries(table));
  const bool is_there =
      std::ranges::any_of(entries, [&](const auto& entry) { return entry.first == item; });
  if (!is_there) return NotFound("the case holds no such item");
  SIGHTLINE_ASSIGN(CasePointer changed, PutNextRevision(std::move(record), author));
  SIGHTLINE_RETURN_IF_ERROR(store_.DeleteEntry(table, item));
  return changed;
}

}  // namespace sightline::server
