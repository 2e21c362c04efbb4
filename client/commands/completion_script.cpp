#include "client/commands/completion_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace sightline::client {
namespace {

struct Word {
  std::string text;
  std::string description;
  bool takes_value = false;
};

// A command as the words typed so far: "", "cameras", "cameras import".
struct Node {
  std::string path;
  std::vector<Word> commands;
  std::vector<Word> options;
};

void AddOptions(const CLI::App& app, std::vector<Word>& words) {
  for (const CLI::Option* option : app.get_options()) {
    const bool takes_value = option->get_items_expected_max() > 0;
    for (const std::string& name : option->get_lnames()) {
      words.push_back({"--" + name, option->get_description(), takes_value});
    }
    for (const std::string& name : option->get_snames()) {
      words.push_back({"-" + name, option->get_description(), takes_value});
    }
  }
}

void Collect(const CLI::App& app, const std::string& path, const std::vector<Word>& inherited,
             std::vector<Node>& nodes) {
  Node node{.path = path, .commands = {}, .options = {}};
  AddOptions(app, node.options);
  for (const Word& word : inherited) {
    if (word.text != "--help" && word.text != "-h") node.options.push_back(word);
  }
  const std::vector<Word> options = node.options;
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* command : subcommands) {
    node.commands.push_back({command->get_name(), command->get_description()});
  }
  nodes.push_back(std::move(node));
  for (const CLI::App* command : subcommands) {
    Collect(*command, path.empty() ? command->get_name() : path + " " + command->get_name(),
            options, nodes);
  }
}

std::vector<std::string> Texts(const std::vector<Word>& words) {
  std::vector<std::string> texts;
  for (const Word& word : words) texts.push_back(word.text);
  return texts;
}

// In single quotes, for any of the shells.
std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "'";
}

// Finds the command among the words typed so far, then offers its subcommands or options, and files
// where a value or an argument may stand.
std::string Bash(const std::vector<Node>& nodes) {
  std::string script =
      "# bash completion for sightline\n"
      "_sightline() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" path='' word commands options\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$path $word\" in\n";
  for (const Node& node : nodes) {
    if (node.path.empty()) continue;
    const size_t space = node.path.find(' ');
    const std::string pattern = space == std::string::npos ? " " + node.path : node.path;
    script += fmt::format("      {}) path={} ;;\n", Quoted(pattern), Quoted(node.path));
  }
  script +=
      "    esac\n"
      "  done\n"
      "  case \"$path\" in\n";
  for (const Node& node : nodes) {
    script += fmt::format("    {}) commands={} options={} ;;\n", Quoted(node.path),
                          Quoted(fmt::format("{}", fmt::join(Texts(node.commands), " "))),
                          Quoted(fmt::format("{}", fmt::join(Texts(node.options), " "))));
  }
  script +=
      "  esac\n"
      "  if [[ \"$current\" == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
      "  elif [[ -n \"$commands\" ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$commands\" -- \"$current\"))\n"
      "  else\n"
      "    COMPREPLY=()\n"
      "  fi\n"
      "}\n"
      "complete -o default -o bashdefault -F _sightline sightline\n";
  return script;
}

// zsh runs bash's completions as they are.
std::string Zsh(const std::vector<Node>& nodes) {
  return "#compdef sightline\nautoload -U +X bashcompinit && bashcompinit\n" + Bash(nodes);
}

std::string Fish(const std::vector<Node>& nodes) {
  std::string script = "# fish completion for sightline\n";
  for (const Node& node : nodes) {
    std::string condition;
    if (node.path.empty()) {
      condition = "__fish_use_subcommand";
    } else {
      for (size_t start = 0; start < node.path.size();) {
        const size_t end = std::min(node.path.find(' ', start), node.path.size());
        if (!condition.empty()) condition += "; and ";
        condition += "__fish_seen_subcommand_from " + node.path.substr(start, end - start);
        start = end + 1;
      }
    }
    for (const Word& command : node.commands) {
      script += fmt::format("complete -c sightline -n {} -f -a {} -d {}\n", Quoted(condition),
                            Quoted(command.text), Quoted(command.description));
    }
    for (const Word& option : node.options) {
      const bool is_long = option.text.starts_with("--");
      script += fmt::format("complete -c sightline -n {} {} {}{} -d {}\n", Quoted(condition),
                            is_long ? "-l" : "-s", option.text.substr(is_long ? 2 : 1),
                            option.takes_value ? " -r" : "", Quoted(option.description));
    }
  }
  return script;
}

}  // namespace

std::optional<std::string> CompletionScript(const CLI::App& app, std::string_view shell) {
  std::vector<Node> nodes;
  Collect(app, "", {}, nodes);
  if (shell == "bash") return Bash(nodes);
  if (shell == "zsh") return Zsh(nodes);
  if (shell == "fish") return Fish(nodes);
  return std::nullopt;
}

}  // namespace sightline::client
