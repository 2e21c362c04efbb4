// /v1/cases as typed calls.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/case_json.h"
#include "client/client.h"
#include "core/error.h"
#include "core/time.h"

namespace sightline::client {

struct CaseInfo {
  std::string id;
  std::string name;
  std::string reference;
  std::string description;
  std::string status;  // "open", "closed"
  TimestampMs created;
  std::string created_by;  // the token's name
  TimestampMs changed;
  std::string changed_by;
  uint64_t revision = 0;
};

struct CaseAnswer {
  CaseInfo info;
  std::string json;
};

struct CaseList {
  std::vector<CaseInfo> cases;
  std::string next_page_token;
  std::string json;
};

struct TickOutcome {
  uint64_t added = 0;
  uint64_t already = 0;  // was ticked before
};

// A saved query as the server keeps it.
struct CaseQueryInfo {
  std::string name;
  std::string method;
  std::string target;
  std::string body;  // JSON; empty: none
};

enum class CaseItemKind { kQuery, kSighting, kNote };
enum class ReportFormat { kJson, kHtml };

// Errors as Client's. Concurrency: as its client, not thread-safe.
class Cases {
 public:
  explicit Cases(Client& client) : client_(client) {}  // `client` outlives the object

  // `change.name` is needed.
  Result<CaseAnswer> Create(const api::CaseChange& change);
  // Newest first; `status` empty: open and closed ones.
  Result<CaseList> List(std::string_view status = {}, size_t limit = 100,
                        std::string_view page_token = {});
  Result<CaseAnswer> Find(std::string_view id);
  // `revision`: fails with kConflict where the case is at another by now.
  Result<CaseAnswer> Change(std::string_view id, const api::CaseChange& change,
                            std::optional<uint64_t> revision = std::nullopt);
  Status Delete(std::string_view id);

  // The new item's id.
  Result<std::string> AddQuery(std::string_view id, const api::SavedQuery& query);
  Result<std::string> AddNote(std::string_view id, std::string_view text);
  Result<TickOutcome> AddSightings(std::string_view id,
                                   std::span<const api::TickedSighting> ticked);
  Status Remove(std::string_view id, CaseItemKind kind, std::string_view item);

  Result<CaseQueryInfo> FindQuery(std::string_view id, std::string_view query);
  // One page of the items, as the server's JSON.
  Result<std::string> Items(std::string_view id, CaseItemKind kind,
                            std::string_view page_token = {});

  Status Report(std::string_view id, ReportFormat format, const ByteSink& sink);

 private:
  Client& client_;
};

}  // namespace sightline::client
