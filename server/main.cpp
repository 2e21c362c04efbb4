// sightline-server
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "core/log.h"
#include "server/application.h"
#include "server/config.h"
#include "server/version.h"

namespace {

using namespace sightline;

constexpr int kExitRuntime = 1;
constexpr int kExitUsage = 2;

void PrintHelp() {
  std::cout
      << "sightline-server - a database of vehicle sightings\n\n"
         "Usage: sightline-server [--config FILE] [OPTION]...\n\n"
         "Every option may stand in a TOML file (max_line_bytes = 65536), in the environment\n"
         "(SIGHTLINE_MAX_LINE_BYTES=65536) or here (--max-line-bytes 65536); the later one\n"
         "wins.\n\n"
         "  --config FILE            read options from FILE (or SIGHTLINE_CONFIG)\n"
         "  --print-config           print the options in force as TOML, and end\n"
         "  --version                print the version, and end\n"
         "  --help                   print this, and end\n\n";
  for (const server::OptionInfo& option : server::DescribeOptions()) {
    std::string flag = "--" + option.key;
    for (char& c : flag) c = c == '_' ? '-' : c;
    std::cout << "  " << flag << "\n      " << option.doc << "\n      " << option.type;
    if (!option.range.empty()) std::cout << ", " << option.range;
    if (!option.unit.empty()) std::cout << " " << option.unit;
    std::cout << "; default " << option.default_value << "\n";
  }
  std::cout
      << "\nExamples:\n"
         "  sightline-server --data /var/lib/sightline --admin-token-file owner.token\n"
         "  sightline-server --data demo --listen 127.0.0.1:0\n"
         "  sightline-server --listen 0.0.0.0:8443 --tls-certificate cert.pem "
         "--tls-key key.pem\n"
         "  SIGHTLINE_RETENTION_DAYS=90 sightline-server --config /etc/sightline.toml "
         "--print-config\n\n"
         "Ends with 0 after SIGTERM or SIGINT, 1 when it cannot go on, 2 for a mistake in the "
         "options.\n";
}

// Takes `flag` out of the arguments; whether it was there.
bool TakeFlag(std::vector<std::string>& arguments, std::string_view flag) {
  return std::erase(arguments, flag) > 0;
}

std::vector<std::string> Environment() {
  std::vector<std::string> environment;
  for (char** line = environ; *line != nullptr; ++line) environment.emplace_back(*line);
  return environment;
}

int Fail(const Error& error) {
  std::cerr << "sightline-server: " << error.message << "\n";
  return error.code == ErrorCode::kInvalidArgument ? kExitUsage : kExitRuntime;
}

// SIGINT and SIGTERM are taken by WaitForSignal alone; a thread inherits the mask from its maker.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int Run(server::Config config) {
  const sigset_t signals = BlockSignals();
  signal(SIGPIPE, SIG_IGN);
  const SystemClock clock;
  auto application = server::Application::Start(std::move(config), clock, std::cout);
  if (!application) return Fail(application.error());

  int number = 0;
  sigwait(&signals, &number);
  Log(LogLevel::kInfo, "server.signal", {{"number", number}});
  // A second signal ends the process at once; what was acknowledged is durable all the same.
  signal(SIGINT, [](int) { _exit(kExitRuntime); });
  signal(SIGTERM, [](int) { _exit(kExitRuntime); });
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  if (const Status stopped = (*application)->Stop(); !stopped) return Fail(stopped.error());
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (TakeFlag(arguments, "--help") || TakeFlag(arguments, "-h")) {
    PrintHelp();
    return EXIT_SUCCESS;
  }
  if (TakeFlag(arguments, "--version")) {
    std::cout << "sightline-server " << server::kVersion << "\n";
    return EXIT_SUCCESS;
  }
  const bool print_config = TakeFlag(arguments, "--print-config");
  Result<server::Config> config = server::LoadConfig(arguments, Environment());
  if (!config) return Fail(config.error());
  if (print_config) {
    std::cout << server::PrintConfig(*config);
    return EXIT_SUCCESS;
  }
  return Run(std::move(*config));
}
