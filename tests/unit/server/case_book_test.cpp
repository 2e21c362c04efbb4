// Cases in the catalog: over restarts, cut-off deletions and damage.
#include "server/case_book.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/clock.h"
#include "server/entity_tag.h"
#include "tests/support/memory_store.h"

namespace sightline::server {
namespace {

// A clock that a test sets.
class SetClock final : public Clock {
 public:
  TimestampMs Now() const override { return now; }
  TimestampMs now{1'474'416'000'000};
};

const Author kAuthor{"0123", "李雷"};

class CaseBookTest : public ::testing::Test {
 protected:
  void Open() {
    auto opened = CaseBook::Open(store_, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    book_ = std::move(*opened);
  }
  void SetUp() override {
    Open();
    id_ = (*book_->Create({.name = "n", .description = "d"}, kAuthor))->id;
  }

  CaseSighting Seen(const std::string& id) {
    CaseSighting seen;
    seen.id = id;
    seen.note = "note of " + id;
    seen.seen_as_of = 7;
    seen.seen = R"({"id":")" + id + "\"}";
    return seen;
  }

  testing::MemoryStore store_;
  SetClock clock_;
  std::unique_ptr<CaseBook> book_;
  std::string id_;
};

TEST_F(CaseBookTest, EverythingIsThereAfterARestart) {
  ASSERT_TRUE(book_->AddQuery(id_, {"q", "/v1/plates?x", R"({"a":1})"}, {}, kAuthor));
  clock_.now = clock_.now + 1000;
  ASSERT_TRUE(book_->AddNote(id_, "a\nb", {}, kAuthor));
  const CaseSighting seen[] = {Seen("s2"), Seen("s1")};
  ASSERT_TRUE(book_->AddSightings(id_, seen, {}, kAuthor));
  ASSERT_TRUE(book_->Change(id_, {.status = api::CaseStatus::kClosed}, {}, kAuthor));
  const auto before = book_->ReadWhole(id_);
  ASSERT_TRUE(before);
  Open();
  const auto after = book_->ReadWhole(id_);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(*after->record, *before->record);
  EXPECT_EQ(after->queries, before->queries);
  EXPECT_EQ(after->sightings, before->sightings);
  EXPECT_EQ(after->notes, before->notes);
  EXPECT_EQ(after->record->revision, 5u);
  EXPECT_EQ(after->record->closed_by, kAuthor);
  EXPECT_EQ(after->notes.front().text, "a\nb");
  EXPECT_EQ(after->sightings.front().id, "s1") << "of one time, by id";
}

TEST_F(CaseBookTest, ItemsOfOneCaseAreNotThoseOfAnother) {
  const std::string other = (*book_->Create({.name = "o"}, kAuthor))->id;
  ASSERT_TRUE(book_->AddNote(id_, "x", {}, kAuthor));
  EXPECT_EQ(book_->Notes(other)->size(), 0u);
  ASSERT_TRUE(book_->Delete(other, {}));
  EXPECT_EQ(book_->Notes(id_)->size(), 1u);
}

TEST_F(CaseBookTest, IdsAreLongAndDiffer) {
  const auto first = book_->AddNote(id_, "x", {}, kAuthor);
  const auto second = book_->AddNote(id_, "x", {}, kAuthor);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->item.id.size(), 32u);
  EXPECT_NE(first->item.id, second->item.id);
}

TEST_F(CaseBookTest, ADeletionThatWasCutOffIsEndedAtTheStart) {
  ASSERT_TRUE(book_->AddNote(id_, "x", {}, kAuthor));
  CaseRecord record = **book_->Find(id_);
  record.deleting = true;
  ASSERT_TRUE(store_.PutEntry("cases", id_, EncodeCase(record)));
  Open();
  EXPECT_FALSE(book_->Find(id_));
  EXPECT_TRUE(book_->List().empty());
  EXPECT_TRUE(store_.Entries("cases")->empty());
  EXPECT_TRUE(store_.Entries("case_notes." + id_)->empty());
}

TEST_F(CaseBookTest, DamagedRecordsAreSaidToBeDamaged) {
  for (const std::string text : {"", "{}", "[]", R"({"version":1,"name":"x"})"}) {
    ASSERT_TRUE(store_.PutEntry("case_notes." + id_, "n", text));
    const auto notes = book_->Notes(id_);
    ASSERT_FALSE(notes) << text;
    EXPECT_EQ(notes.error().code, ErrorCode::kCorruption);
  }
  ASSERT_TRUE(store_.PutEntry("cases", "bad", "{}"));
  const auto opened = CaseBook::Open(store_, clock_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorruption);
}

// A store whose disk is full from some moment on.
class FullStore final : public testing::MemoryStore {
 public:
  Status PutEntry(std::string_view table, std::string_view key, std::string_view value) override {
    if (writes_left-- <= 0) return Error{ErrorCode::kNoSpace, "the disk is full", {}};
    return MemoryStore::PutEntry(table, key, value);
  }
  int writes_left = 1000;
};

TEST(CaseBook, AChangeThatFailsMidwayLeavesNothingUnderARevisionThatWasRead) {
  FullStore store;
  const SystemClock clock;
  const auto book = *CaseBook::Open(store, clock);
  const std::string id = (*book->Create({.name = "n"}, kAuthor))->id;
  store.writes_left = 1;  // the record, but not the item
  EXPECT_FALSE(book->AddNote(id, "x", "\"1\"", kAuthor));
  EXPECT_EQ((*book->Find(id))->revision, 2u);
  EXPECT_TRUE(book->Notes(id)->empty());
  store.writes_left = 1000;
  EXPECT_FALSE(book->AddNote(id, "x", "\"1\"", kAuthor));
  EXPECT_TRUE(book->AddNote(id, "x", "\"2\"", kAuthor));
}

TEST(EntityTag, IfMatchIsAListOfStrongTags) {
  const struct {
    std::string_view header;
    bool holds;
  } cases[] = {{"", true},          {"*", true},         {"\"7\"", true},  {"\"8\"", false},
               {"W/\"7\"", false},  {"7", false},        {" \"8\" ,\t\"7\" ", true},
               {"\"8\",*", true},   {"\"77\"", false},   {",", false}};
  for (const auto& one : cases) EXPECT_EQ(IfMatchHolds(one.header, 7), one.holds) << one.header;
  EXPECT_EQ(EntityTag(7), "\"7\"");
}

}  // namespace
}  // namespace sightline::server
