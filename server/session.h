// One connection's exchanges, one after the other.
#pragma once

#include <memory>

#include "server/engine.h"
#include "server/exchange.h"
#include "server/io_thread.h"
#include "server/transport.h"

namespace sightline::server {

// Serves the connection until it ends, on `thread`; engine and thread outlive it. Counts the
// connection out of the engine, which has admitted it.
Awaitable<void> RunSession(Engine& engine, IoThread& thread, std::unique_ptr<Transport> transport);

}  // namespace sightline::server
