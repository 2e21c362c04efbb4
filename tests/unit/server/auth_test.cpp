#include "server/auth.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "server/owner_token.h"
#include "tests/support/memory_store.h"

namespace sightline::server {
namespace {

class SettableClock final : public Clock {
 public:
  TimestampMs Now() const override { return now; }
  TimestampMs now{1'700'000'000'000};
};

class AuthTest : public ::testing::Test {
 protected:
  void SetUp() override { Reopen(); }

  void Reopen() {
    auto opened = Auth::Open(store, clock);
    ASSERT_TRUE(opened) << opened.error().message;
    auth = std::move(*opened);
  }

  Auth::NewToken Make(std::vector<std::string> roles) {
    return *auth->Create({.name = "a token", .roles = std::move(roles)});
  }

  ErrorCode RefusalOf(const std::string& header) {
    const auto caller = auth->Authenticate(header);
    EXPECT_FALSE(caller) << header;
    return caller ? ErrorCode::kInternal : caller.error().code;
  }

  testing::MemoryStore store;
  SettableClock clock;
  std::unique_ptr<Auth> auth;
};

TEST_F(AuthTest, ATokenIsRecognisedAlsoAfterARestart) {
  const Auth::NewToken made = Make({"reader", "writer"});
  EXPECT_TRUE(made.text.starts_with("sl_" + made.record->id + "_"));
  for (int start = 0; start < 2; ++start) {
    const auto caller = auth->Authenticate("Bearer " + made.text);
    ASSERT_TRUE(caller) << caller.error().message;
    EXPECT_EQ(**caller, *made.record);
    EXPECT_TRUE((*caller)->roles.Has(Role::kReader));
    EXPECT_FALSE((*caller)->roles.Has(Role::kAuditor));
    Reopen();
  }
}

TEST_F(AuthTest, TheStoreHoldsNoSecret) {
  const Auth::NewToken made = Make({"owner"});
  const std::string secret = made.text.substr(made.text.rfind(made.record->id) + 17);
  const auto entries = *store.Entries("tokens");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries.front().second.find(secret), std::string::npos);
}

TEST_F(AuthTest, SchemeIsNotCaseSensitiveButEverythingElseIs) {
  const Auth::NewToken made = Make({"owner"});
  EXPECT_TRUE(auth->Authenticate("bearer " + made.text));
  EXPECT_TRUE(auth->Authenticate("BEARER  " + made.text));
  EXPECT_EQ(RefusalOf(""), ErrorCode::kUnauthenticated);
  EXPECT_EQ(RefusalOf("Bearer"), ErrorCode::kUnauthenticated);
  EXPECT_EQ(RefusalOf("Bearer "), ErrorCode::kUnauthenticated);
  EXPECT_EQ(RefusalOf("Basic " + made.text), ErrorCode::kUnauthenticated);
  EXPECT_EQ(RefusalOf(made.text), ErrorCode::kUnauthenticated);
  EXPECT_EQ(RefusalOf("Bearer " + made.text + "A"), ErrorCode::kUnauthenticated);
  EXPECT_EQ(RefusalOf("Bearer " + made.text.substr(0, made.text.size() - 1)),
            ErrorCode::kUnauthenticated);
  std::string other_secret = made.text;
  other_secret[other_secret.size() - 10] =
      other_secret[other_secret.size() - 10] == 'a' ? 'b' : 'a';
  EXPECT_EQ(RefusalOf("Bearer " + other_secret), ErrorCode::kUnauthenticated);
  std::string other_id = made.text;
  other_id[4] = other_id[4] == 'a' ? 'b' : 'a';
  EXPECT_EQ(RefusalOf("Bearer " + other_id), ErrorCode::kUnauthenticated);
}

TEST_F(AuthTest, ATokenExpiresAtItsTime) {
  const auto made = auth->Create(
      {.name = "short", .roles = {"reader"}, .expires = clock.now + int64_t{1000}});
  ASSERT_TRUE(made);
  clock.now = clock.now + 999;
  EXPECT_TRUE(auth->Authenticate("Bearer " + made->text));
  clock.now = clock.now + 1;
  EXPECT_EQ(RefusalOf("Bearer " + made->text), ErrorCode::kUnauthenticated);
}

TEST_F(AuthTest, ATimeOfExpiryThatHasPassedIsRefused) {
  const auto made = auth->Create({.name = "late", .roles = {"reader"}, .expires = clock.now});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().field, "/expires");
}

TEST_F(AuthTest, ARevokedTokenIsRefusedAtOnceAndForEver) {
  const Auth::NewToken owner = Make({"owner"});
  const Auth::NewToken reader = Make({"reader"});
  ASSERT_TRUE(auth->Revoke(reader.record->id));
  EXPECT_EQ(RefusalOf("Bearer " + reader.text), ErrorCode::kUnauthenticated);
  Reopen();
  EXPECT_EQ(RefusalOf("Bearer " + reader.text), ErrorCode::kUnauthenticated);
  EXPECT_TRUE(auth->Authenticate("Bearer " + owner.text));
  EXPECT_EQ(auth->Revoke(reader.record->id).error().code, ErrorCode::kNotFound);
}

TEST_F(AuthTest, TheLastOwnerTokenInForceStays) {
  const Auth::NewToken owner = Make({"owner"});
  const auto expiring = auth->Create(
      {.name = "expiring", .roles = {"owner"}, .expires = clock.now + int64_t{1000}});
  ASSERT_TRUE(expiring);
  clock.now = clock.now + 2000;
  EXPECT_EQ(auth->Revoke(owner.record->id).error().code, ErrorCode::kConflict);
  EXPECT_TRUE(auth->Revoke(expiring->record->id)) << "an expired one is no last owner";
  Make({"owner"});
  EXPECT_TRUE(auth->Revoke(owner.record->id));
}

TEST_F(AuthTest, ADamagedRecordIsReported) {
  ASSERT_TRUE(store.PutEntry("tokens", "0123456789abcdef", "{\"version\":1}"));
  const auto opened = Auth::Open(store, clock);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorruption);
}

// --- the first owner token -------------------------------------------------------------------

class OwnerTokenTest : public AuthTest {
 protected:
  OwnerTokenTest()
      : file(std::filesystem::temp_directory_path() /
             ("sightline_owner_token_" + std::to_string(getpid()))) {
    std::filesystem::remove(file);
  }
  ~OwnerTokenTest() override { std::filesystem::remove(file); }

  std::string FileText() {
    std::string line;
    std::ifstream input(file);
    std::getline(input, line);
    return line;
  }

  const std::filesystem::path file;
  std::ostringstream out;
};

TEST_F(OwnerTokenTest, IsShownOnceWhereNoFileIsNamed) {
  ASSERT_TRUE(EnsureOwnerToken(*auth, {}, out));
  const std::string shown = out.str();
  const std::string token = shown.substr(shown.find("sl_"), shown.rfind('\n') - shown.find("sl_"));
  EXPECT_TRUE(auth->Authenticate("Bearer " + token)) << shown;
  out.str("");
  ASSERT_TRUE(EnsureOwnerToken(*auth, {}, out));
  EXPECT_EQ(out.str(), "");
}

TEST_F(OwnerTokenTest, IsWrittenToAFileThatOnlyTheUserMayRead) {
  ASSERT_TRUE(EnsureOwnerToken(*auth, file, out));
  EXPECT_EQ(out.str(), "");
  struct stat info {};
  ASSERT_EQ(stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_TRUE(auth->Authenticate("Bearer " + FileText()));
  const std::string before = FileText();
  Reopen();
  ASSERT_TRUE(EnsureOwnerToken(*auth, file, out));
  EXPECT_EQ(FileText(), before);
}

TEST_F(OwnerTokenTest, AFileThatOthersMayReadIsRefused) {
  std::ofstream(file) << Auth::Generate() << "\n";
  chmod(file.c_str(), 0644);
  const Status ensured = EnsureOwnerToken(*auth, file, out);
  ASSERT_FALSE(ensured);
  EXPECT_EQ(ensured.error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(auth->HasOwner());
}

TEST_F(OwnerTokenTest, ATokenThatIsInTheFileAlreadyIsTaken) {
  const std::string text = Auth::Generate();
  std::ofstream(file) << text << "\n";
  chmod(file.c_str(), 0600);
  ASSERT_TRUE(EnsureOwnerToken(*auth, file, out));
  EXPECT_TRUE(auth->Authenticate("Bearer " + text));
}

TEST_F(OwnerTokenTest, AnotherFileIsNeverOverwritten) {
  std::ofstream(file) << "my notes\n";
  chmod(file.c_str(), 0600);
  const Status ensured = EnsureOwnerToken(*auth, file, out);
  ASSERT_FALSE(ensured);
  EXPECT_EQ(FileText(), "my notes");
}

}  // namespace
}  // namespace sightline::server
