// From the bytes of an upload to batches of sightings.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "api/body_splitter.h"
#include "api/sighting_json.h"
#include "core/error.h"
#include "ingest/ingestor.h"
#include "server/handlers/document.h"
#include "server/handlers/upload_batches.h"

namespace sightline::server {

enum class UploadSyntax { kNdjson, kJson };

// Give a piece, then Consume until it is no longer pending; at the end of the body Finish until it
// returns true. Memory: what a slice of input becomes, and the batches under way. One thread at a
// time.
class UploadParser {
 public:
  // `sightings` and `batches` outlive the parser.
  UploadParser(api::SightingParser& sightings, size_t max_line_bytes, UploadSyntax syntax,
               ContentCoding coding, UploadBatches& batches);

  // `piece` stays valid until it is no longer pending.
  void Give(std::string_view piece) { pending_ = piece; }
  bool pending() const { return !pending_.empty(); }

  // Reads the pending piece as far as batches can be handed on.
  // Errors: kInvalidArgument where nothing at all could be read; what TrySubmit fails with.
  Status Consume();

  // Parses what is left at the body's end, without handing it on. Errors: kInvalidArgument where
  // nothing at all could be read.
  Status End();

  // Whether storing what was parsed, and not handed on yet, makes no camera known: that is written
  // to disk before the batch is queued, and so is not for an I/O thread.
  bool KnowsAllCameras(const storage::Store& store) const;

  // Ends the body and hands on what is left; false when that must be tried again.
  Result<bool> Finish();

  // Hands on what was read so far of a body that ends too early, as far as that works at once.
  void Salvage();

  // Whether the body cannot be read any further; what follows is to be left unread.
  bool broken() const { return broken_; }

 private:
  Status Read(std::string_view slice);
  Status Split(std::string_view text);
  void Take(const api::BodyElement& element);
  void CutBatch();
  // Whether everything that was cut could be handed on.
  Result<bool> HandOn();
  // Ends the reading; kInvalidArgument when nothing came before.
  Status Break(const Error& error);

  const ContentCoding coding_;
  UploadBatches& batches_;
  api::SightingParser& sightings_;
  std::unique_ptr<api::BodySplitter> splitter_;
  std::unique_ptr<api::GzipDecoder> gzip_;  // null: identity

  std::string_view pending_;
  std::vector<ingest::IncomingSighting> batch_;  // being filled
  size_t batch_bytes_ = 0;                       // of text
  std::vector<std::vector<ingest::IncomingSighting>> cut_;  // full, not yet handed on
  uint64_t elements_ = 0;
  uint64_t last_line_ = 0;
  bool opened_;  // whether the body's first significant character was seen; lines have none
  bool broken_ = false;
  bool is_lone_ = false;             // one object, not lines or an array
  std::optional<Error> unreadable_;  // of the lone object
  bool ended_ = false;
};

}  // namespace sightline::server
