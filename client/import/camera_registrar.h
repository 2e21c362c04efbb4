// Makes the cameras that a file names and the server does not know.
#pragma once

#include <set>
#include <span>
#include <string>

#include "client/client.h"
#include "client/input/batch.h"
#include "core/camera.h"
#include "core/error.h"

namespace sightline::client {

// A camera that the server knows, or that was made here, is left as it is. Not thread-safe.
class CameraRegistrar {
 public:
  CameraRegistrar(Client client, CameraKind kind) : client_(std::move(client)), kind_(kind) {}

  // A checkpoint gets the position of the first row that names it; one whose first row has none is
  // not made, and the server judges its rows.
  // Errors: the client's; kInvalidArgument when the server refuses a camera.
  Status Register(std::span<const BatchCamera> cameras);

 private:
  Status LoadKnown();

  Client client_;
  CameraKind kind_;
  bool loaded_ = false;
  std::set<std::string> known_;
};

}  // namespace sightline::client
