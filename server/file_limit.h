// The process's limit of open files.
#pragma once

namespace sightline::server {

// Raises the soft limit to the hard one, since each connection and each file of the store takes a
// descriptor, and the usual soft limit (1,024) is below what both may need. Says so in the log when
// it changes something, and when it cannot.
void RaiseFileLimit();

}  // namespace sightline::server
