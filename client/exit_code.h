// What the program's exit status says to scripts.
#pragma once

#include "core/error.h"

namespace sightline::client {

enum class ExitCode {
  kOk = 0,
  kFailed = 1,       // the server said no, or something on this side failed
  kUsage = 2,        // the command line, or what it asks of the input, makes no sense
  kUnreachable = 3,  // no whole answer came from the server
  kRejected = 4,     // the import went through, but some rows were not taken
  kNotFound = 5,     // no such id
  kNews = 6,         // a sweep that was asked to say so found what was not known before
  kInterrupted = 130,
};

// How a command ended: a code for scripts and a message for a person (empty: nothing to say, or
// said).
struct Outcome {
  ExitCode code = ExitCode::kOk;
  std::string message;
};

// The end that an error of the client library amounts to.
Outcome OutcomeOf(const Error& error);

}  // namespace sightline::client
