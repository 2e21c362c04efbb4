// Who is calling: tokens, made, kept as hashes, and recognised.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/token_json.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/mutex.h"
#include "server/token_record.h"
#include "storage/store.h"

namespace sightline::server {

// Operation: a token's text is "sl_" + id + "_" + 32 random bytes in base64url. The catalog keeps
// the BLAKE2b hash of those bytes, never the text. A slow password hash (Argon2) would protect
// secrets that can be guessed; 256 random bits cannot, and every request pays for the hash.
//
// Concurrency: all methods are thread-safe. Authenticate does no I/O; the others write the catalog
// and belong on a worker thread.
class Auth {
 public:
  // Reads the tokens of the catalog. `store` and `clock` outlive the result.
  static Result<std::unique_ptr<Auth>> Open(storage::Store& store, const Clock& clock);

  // The caller of an Authorization header's value. kUnauthenticated when it is missing, malformed,
  // unknown, revoked or expired; the message does not say more than the holder may know.
  Result<std::shared_ptr<const TokenRecord>> Authenticate(std::string_view authorization) const;

  struct NewToken {
    std::shared_ptr<const TokenRecord> record;
    std::string text;  // the only copy
  };
  // kInvalidArgument for a time of expiry that has passed.
  Result<NewToken> Create(const api::TokenRequest& request);

  // Takes an owner token that was made elsewhere (Generate's text). kInvalidArgument when the text
  // is not a token's.
  Status AdoptOwner(std::string_view name, std::string_view text);

  // A new token's text, not yet known to anyone.
  static std::string Generate();

  // All that were not revoked, expired ones too, in the order of creation.
  std::vector<std::shared_ptr<const TokenRecord>> List() const;

  // kNotFound for an unknown id; kConflict for the last owner token that is still good.
  Status Revoke(std::string_view id);

  // Whether an owner token is in force.
  bool HasOwner() const;

 private:
  using Snapshot = std::map<std::string, std::shared_ptr<const TokenRecord>, std::less<>>;

  Auth(storage::Store& store, const Clock& clock, Snapshot tokens);
  std::shared_ptr<const Snapshot> Read() const;
  void Publish(Snapshot tokens);
  Status Put(const TokenRecord& record);

  storage::Store& store_;
  const Clock& clock_;
  Mutex write_mutex_;  // held over a change of the catalog and of the snapshot
  mutable Mutex snapshot_mutex_;
  std::shared_ptr<const Snapshot> snapshot_ SIGHTLINE_GUARDED_BY(snapshot_mutex_);
};

}  // namespace sightline::server
