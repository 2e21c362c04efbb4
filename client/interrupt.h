// Ctrl-C and termination, as flags that loops look at.
#pragma once

#include <atomic>

namespace sightline::client {

// From now on SIGINT and SIGTERM set the flags below instead of ending the program, and interrupt
// blocking reads. Call once, from main.
void CatchInterrupts();

// Set by the first signal: come to a clean end.
const std::atomic<bool>& StopRequested();

// Set by the second: give up at once.
const std::atomic<bool>& AbortRequested();

}  // namespace sightline::client
